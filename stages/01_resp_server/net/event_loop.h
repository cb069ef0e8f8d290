// The event loop: one thread waits for sockets and timers and runs what is due.
//
//   turn:  before_sleep hooks -> epoll_wait (until the next timer) -> after_sleep hooks -> watchers -> timers
//
// Guarantees: a watcher or timer may be removed at any moment, also from inside a handler of the same turn, and is not
// called afterwards; hooks run in the order in which they were added. Not thread safe, except wake().
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <vector>

#include "common/files.h"
#include "common/status.h"

namespace strata::net {

enum Interest : uint32_t { kNone = 0, kRead = 1, kWrite = 2 };

// Handles the events of one descriptor. Errors and hang-ups are reported as readable (or writable when only that is
// watched): the following read or write then tells what happened.
class Watcher {
 public:
  virtual void on_readable() = 0;
  virtual void on_writable() {}

 protected:
  ~Watcher() = default;
};

using TimerId = uint64_t;

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Sets what `watcher` wants to hear of `fd`. The descriptor stays the caller's; unwatch before closing it.
  Status watch(int fd, uint32_t interest, Watcher* watcher);
  void unwatch(int fd);

  // `run` is called every `period_ms` (or once after `delay_ms`). A late timer is not made up for.
  TimerId every(int64_t period_ms, std::function<void()> run);
  TimerId after(int64_t delay_ms, std::function<void()> run);
  void cancel(TimerId id);
  void set_period(TimerId id, int64_t period_ms);

  void before_sleep(std::function<void()> hook) { before_sleep_.push_back(std::move(hook)); }
  void after_sleep(std::function<void()> hook) { after_sleep_.push_back(std::move(hook)); }

  // Work to be done at the start of the next turn, before sleeping (which then does not wait).
  void soon(std::function<void()> run) { soon_.push_back(std::move(run)); }

  void run();  // until stop()
  void stop() { stopped_ = true; }
  void run_once(int64_t max_wait_ms);  // one turn
  // Handles what the sockets have to say right now, in the middle of something long: no waiting, no timers, no hooks. May
  // be called from inside a handler.
  void serve_sockets();

  // Ends a wait from another thread or a signal handler.
  void wake();

  // Monotonic time, read once per turn.
  int64_t now_ms() const { return now_us_ / 1000; }
  int64_t now_us() const { return now_us_; }
  void refresh_clock();

  uint64_t turns() const { return turns_; }
  int64_t last_turn_us() const { return last_turn_us_; }  // time spent working in the last turn

 private:
  struct Slot {
    Watcher* watcher = nullptr;
    uint32_t interest = kNone;
    uint32_t generation = 0;  // counts up at every unwatch, so that events of a closed descriptor are recognised
  };
  struct Timer {
    int64_t due_us;
    int64_t period_us;  // 0: once
    std::function<void()> run;
  };
  int64_t wait_ms(int64_t max_wait_ms) const;
  void dispatch(const void* events, int count);
  void run_timers();
  TimerId add_timer(int64_t delay_ms, int64_t period_ms, std::function<void()> run);

  UniqueFd epoll_;
  UniqueFd wake_;            // eventfd
  std::vector<Slot> slots_;  // by descriptor
  std::map<TimerId, Timer> timers_;
  std::set<std::pair<int64_t, TimerId>> due_;  // (due_us, id)
  TimerId next_timer_ = 1;
  std::vector<std::function<void()>> before_sleep_;
  std::vector<std::function<void()>> after_sleep_;
  std::vector<std::function<void()>> soon_;
  std::vector<char> events_;  // epoll_event[]
  bool stopped_ = false;
  int64_t now_us_ = 0;
  uint64_t turns_ = 0;
  int64_t last_turn_us_ = 0;
};

}  // namespace strata::net
