// What a child tells its parent while it works: how far it is, and how much memory was copied because both live.
//
// One fixed-size record per message on a pipe, so a read never sees half of one. Telling is bounded in rate and never
// waits: a parent that is stopped misses records, no more. Measuring the copied memory makes the kernel walk through all
// pages, which takes long where there are many: it gets one part in a hundred of the child's time.
#pragma once

#include <cstdint>
#include <string_view>

namespace strata::rdb {

struct ChildReport {
  uint64_t keys = 0;            // worked on so far
  uint64_t cow_bytes = 0;       // copied so far: pages that are the child's alone by now
  uint64_t cow_peak_bytes = 0;  // the most that was seen
  bool cow_measured = false;    // just now, for this record
  bool last = false;            // the job is done, and well
};

// The child's side. Dies with exit code 1 when the parent is gone.
class ChildReporter {
 public:
  // `pipe` is non-blocking and stays the caller's; `label` is how the log calls the child.
  ChildReporter(int pipe, std::string_view label) : pipe_(pipe), label_(label) {}

  // Called as often as it likes with the number of keys worked on.
  void progress(uint64_t keys);
  // Tells, and logs, what the copies came to in the end.
  void finish();

 private:
  void measure();
  void send();

  int pipe_;
  std::string_view label_;
  ChildReport report_;
  int64_t next_report_ms_ = 0;
  int64_t next_measure_ms_ = 0;
  uint64_t measured_sum_ = 0;
  uint64_t measured_times_ = 0;
};

}  // namespace strata::rdb
