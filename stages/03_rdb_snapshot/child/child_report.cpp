#include "03_rdb_snapshot/child/child_report.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/clock.h"
#include "common/log.h"
#include "common/proc.h"

namespace strata::rdb {

namespace {

constexpr int64_t kReportMs = 100;
constexpr int64_t kMeasureShare = 100;  // measuring takes at most one part in so many of the time

uint64_t megabytes(uint64_t bytes) { return bytes >> 20; }

}  // namespace

// [task 3.11] Tell the parent now and then how far the work is.
void ChildReporter::progress(uint64_t keys) {
  report_.keys = keys;
  const int64_t now = mono_ms();
  if (now < next_report_ms_) return;
  next_report_ms_ = now + kReportMs;
  report_.cow_measured = now >= next_measure_ms_;
  if (report_.cow_measured) {
    measure();
    const int64_t took = mono_ms() - now;
    next_measure_ms_ = now + std::max<int64_t>(took * kMeasureShare, 1000);
  }
  send();
}

// [task 3.11] Tell what the copies came to in the end.
void ChildReporter::finish() {
  measure();
  report_.cow_measured = true;
  report_.last = true;
  log_notice("Fork CoW for {}: current {} MB, peak {} MB, average {} MB", label_, megabytes(report_.cow_bytes),
             megabytes(report_.cow_peak_bytes), megabytes(measured_sum_ / measured_times_));
  send();
}

void ChildReporter::measure() {
  report_.cow_bytes = private_dirty_bytes();
  report_.cow_peak_bytes = std::max(report_.cow_peak_bytes, report_.cow_bytes);
  measured_sum_ += report_.cow_bytes;
  measured_times_++;
}

void ChildReporter::send() {
  ssize_t sent;
  do {
    sent = write(pipe_, &report_, sizeof report_);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0 || errno == EAGAIN) return;
  log_warning("Child failed reporting info to parent, exiting. {}", std::strerror(errno));
  _exit(1);
}

}  // namespace strata::rdb
