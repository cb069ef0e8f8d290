// Programs that the operator wants to be run when something happens. They wait in a queue and run beside the sentinel, a few
// at a time; one that fails is run again later.
//
//   scheduled --(due, a place is free)--> running --exit 0-------------------------------> done
//       ^                                    |------exit 1, or a signal-->(10 runs?)--no-+
//       |                                    '------anything else--------> given up      |
//       '--(30 s, 60 s, 120 s, ...)------------------------------------------------------'
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "07_sentinel/model/timing.h"
#include "common/log.h"

namespace strata::sentinel {

struct ScriptJob {
  std::vector<std::string> argv;  // the path first
  int runs = 0;                   // begun so far
  pid_t pid = 0;                  // 0: not running
  int64_t since_ms = 0;           // running: since when; else: not before, 0 for at once
};

class Scripts {
 public:
  static constexpr size_t kMaxQueue = 256;
  static constexpr size_t kMaxRunning = 16;
  static constexpr int kMaxRuns = 10;

  using Report = std::function<void(LogLevel, std::string_view type, std::string message)>;

  explicit Scripts(const Timing& timing) : timing_(timing) {}
  void on_report(Report report) { report_ = std::move(report); }

  // When the queue is full, the oldest job that is not running is dropped for this one.
  void schedule(std::vector<std::string> argv);
  // Begins what is due, takes note of what has ended, ends what takes too long. Once per tick.
  void tick();

  const std::list<ScriptJob>& jobs() const { return jobs_; }
  size_t running() const { return running_; }

  // How long to wait after the `runs`-th run failed.
  static int64_t retry_delay(int runs, int64_t first_delay_ms) { return first_delay_ms << (runs - 1); }

 private:
  void start_due();
  void reap();
  void ended(std::list<ScriptJob>::iterator job, int status);
  void kill_overdue();

  const Timing& timing_;
  Report report_;
  std::list<ScriptJob> jobs_;
  size_t running_ = 0;
};

// Can this file be run?
bool is_executable(const std::string& path);

}  // namespace strata::sentinel
