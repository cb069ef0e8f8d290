#include "07_sentinel/failover/failover.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "07_sentinel/failover/progress.h"
#include "07_sentinel/failover/reconfigure.h"
#include "07_sentinel/failover/selection.h"
#include "07_sentinel/failover/votes.h"
#include "07_sentinel/model/directory.h"
#include "07_sentinel/monitor/hello_exchange.h"
#include "common/clock.h"

namespace strata::sentinel {

namespace {

constexpr uint64_t kSpreadMs = 1000;

void abort_failover(Sentinel& sentinel, Master& master, std::string_view event) {
  sentinel.events.about(LogLevel::kWarning, event, master);
  Failover& failover = master.failover;
  if (failover.promoted != nullptr) failover.promoted->promoted = false;
  failover.promoted = nullptr;
  failover.forced = false;
  failover.enter(FailoverState::kNone);
}

bool takes_too_long(const Master& master) { return now_ms() - master.failover.changed_ms > master.failover_timeout_ms; }

// [task 7.10] Go on when elected, give up when it takes too long.
void wait_start(Sentinel& sentinel, Master& master) {
  Failover& failover = master.failover;
  const bool elected = elect(sentinel, master, failover.epoch) == sentinel.id;
  if (!elected && !failover.forced) {
    const int64_t timeout = std::min(sentinel.timing.election_timeout, master.failover_timeout_ms);
    if (now_ms() - failover.started_ms > timeout) {
      abort_failover(sentinel, master, "-failover-abort-not-elected");
    }
    return;
  }
  sentinel.events.about(LogLevel::kWarning, "+elected-leader", master);
  sentinel.crash_if(kCrashAfterElection);
  failover.enter(FailoverState::kSelectReplica);
  sentinel.events.about(LogLevel::kWarning, "+failover-state-select-slave", master);
}

// [task 7.11] Choose one, or give up.
void select(Sentinel& sentinel, Master& master) {
  Replica* chosen = select_replica(master, sentinel.timing, now_ms());
  if (chosen == nullptr) {
    abort_failover(sentinel, master, "-failover-abort-no-good-slave");
    return;
  }
  sentinel.events.about(LogLevel::kWarning, "+selected-slave", *chosen);
  chosen->promoted = true;
  master.failover.promoted = chosen;
  master.failover.enter(FailoverState::kSendReplicaOfNoOne);
  sentinel.events.about(LogLevel::kNotice, "+failover-state-send-slaveof-noone", *chosen);
}

// [task 7.12] Tell the chosen one that it is the master.
void promote(Sentinel& sentinel, Master& master) {
  Replica& chosen = *master.failover.promoted;
  if (chosen.link->disconnected) {
    if (takes_too_long(master)) abort_failover(sentinel, master, "-failover-abort-slave-timeout");
    return;
  }
  if (!send_replicaof(chosen, nullptr, sentinel.settings)) return;
  sentinel.events.about(LogLevel::kNotice, "+failover-state-wait-promotion", chosen);
  master.failover.enter(FailoverState::kWaitPromotion);
}

}  // namespace

int64_t failover_moment(Sentinel& sentinel) {
  return now_ms() + static_cast<int64_t>(sentinel.random.below(kSpreadMs));
}

// [task 7.10] Begin, in a new epoch.
void start_failover(Sentinel& sentinel, Master& master) {
  Failover& failover = master.failover;
  failover.enter(FailoverState::kWaitStart);
  failover.epoch = ++sentinel.current_epoch;
  sentinel.events.note(LogLevel::kWarning, "+new-epoch", &master, std::to_string(sentinel.current_epoch));
  sentinel.events.about(LogLevel::kWarning, "+try-failover", master);
  failover.started_ms = failover_moment(sentinel);
}

// [task 7.10] Begin when it is time to.
bool start_failover_if_needed(Sentinel& sentinel, Master& master) {
  Failover& failover = master.failover;
  if (!master.o_down || failover.in_progress()) return false;
  const int64_t wait = failover.started_ms + 2 * master.failover_timeout_ms - now_ms();
  if (wait > 0) {
    if (failover.delay_logged_ms != failover.started_ms) {
      failover.delay_logged_ms = failover.started_ms;
      const std::time_t when = (wall_ms() + wait) / 1000;
      log_warning("Next failover delay: I will not start a failover before {:%a %b %e %H:%M:%S %Y}",
                  fmt::localtime(when));
    }
    return false;
  }
  start_failover(sentinel, master);
  return true;
}

void step_failover(Sentinel& sentinel, Master& master) {
  switch (master.failover.state) {
    case FailoverState::kWaitStart:
      wait_start(sentinel, master);
      break;
    case FailoverState::kSelectReplica:
      select(sentinel, master);
      break;
    case FailoverState::kSendReplicaOfNoOne:
      promote(sentinel, master);
      break;
    case FailoverState::kWaitPromotion:  // INFO of the replica goes on from here
      if (takes_too_long(master)) abort_failover(sentinel, master, "-failover-abort-slave-timeout");
      break;
    case FailoverState::kReconfigureReplicas:
      reconfigure_next(sentinel, master);
      finish_if_done(sentinel, master);
      break;
    case FailoverState::kNone:
    case FailoverState::kUpdateConfig:
      break;
  }
}

// [task 7.12] It is one: decide, save, tell.
void promotion_seen(Sentinel& sentinel, Master& master, Replica& promoted) {
  // The epoch was won in an election, so no other configuration of this master can have it.
  master.config_epoch = master.failover.epoch;
  master.failover.enter(FailoverState::kReconfigureReplicas);
  (void)sentinel.save();
  sentinel.events.about(LogLevel::kWarning, "+promoted-slave", promoted);
  sentinel.crash_if(kCrashAfterPromotion);
  sentinel.events.about(LogLevel::kWarning, "+failover-state-reconf-slaves", master);
  run_reconfiguration_script(sentinel, master, "leader", master.address, promoted.address);
  hurry_hellos(sentinel, master);
}

// [task 7.13] Make the promoted replica the master.
void switch_to_promoted(Sentinel& sentinel, Master& master) {
  const Address to = master.current_address();
  announce_switch(sentinel, master, to);
  switch_address(sentinel, master, to);
}

}  // namespace strata::sentinel
