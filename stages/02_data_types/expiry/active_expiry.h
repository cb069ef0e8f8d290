// Active expiry: expired keys go although nobody asks for them, and nobody is to notice the work.
//
//   slow   1000/hz ms   begins when something is due; also keeps the figures for INFO
//   fast   every turn   goes on before the loop sleeps, as long as something is left (at least once a millisecond)
//
// Both draw on the same share of the time: a quarter, and more with active-expire-effort. It is taken in slices of a
// fraction of a millisecond between turns of the event loop, so a million keys that expire together delay a client by
// one slice rather than by the whole.
//
// Nothing happens while expired keys are not ours to delete (Keyspace::deletes_expired), or after
// DEBUG SET-ACTIVE-EXPIRE 0.
#pragma once

#include <cstdint>
#include <memory>

#include "01_resp_server/server/server.h"
#include "02_data_types/expiry/expiry_cycle.h"
#include "02_data_types/expiry/work_share.h"

namespace strata::db {

class ActiveExpiry {
 public:
  explicit ActiveExpiry(resp::Server& server);

  ExpiryCycle& cycle() { return *cycle_; }
  int64_t effort = 1;  // active-expire-effort: 1 to 10
  void follow_effort();

  // For INFO stats.
  double stale_percent() const { return stale_percent_; }
  uint64_t time_cap_reached() const { return time_cap_reached_; }
  int64_t spent_ms() const { return spent_us_ / 1000; }
  void reset_statistics();

 private:
  Status start();
  void slow_cycle();
  void work();
  bool enabled() const;
  void go_on_later();

  resp::Server& server_;
  Keyspace& keyspace_;
  std::unique_ptr<ExpiryCycle> cycle_;  // from the start on, when the number of databases is known
  WorkShare share_;
  net::TimerId slow_timer_ = 0;
  bool unfinished_ = false;     // the last work ran out of time
  bool timer_running_ = false;  // to go on when no client makes the loop turn
  double stale_percent_ = 0;
  uint64_t time_cap_reached_ = 0;  // slow cycles that found the one before unfinished
  int64_t spent_us_ = 0;
};

}  // namespace strata::db
