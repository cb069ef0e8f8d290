#include "07_sentinel/failover/progress.h"

#include <algorithm>

#include "07_sentinel/failover/reconfigure.h"

namespace strata::sentinel {

namespace {

bool under_way(const Replica& replica) {
  return replica.reconfiguration == Reconfiguration::kSent || replica.reconfiguration == Reconfiguration::kInProgress;
}

bool is_finished(const Replica& replica) {
  return replica.promoted || replica.reconfiguration == Reconfiguration::kDone;
}

bool send_to_new_master(Sentinel& sentinel, Master& master, Replica& replica, std::string_view event) {
  if (!send_replicaof(replica, &master.failover.promoted->address, sentinel.settings)) return false;
  replica.reconfiguration = Reconfiguration::kSent;
  replica.reconfiguration_sent_ms = now_ms();
  sentinel.events.about(LogLevel::kNotice, event, replica);
  return true;
}

}  // namespace

// [task 7.14] Send the next replicas to the new master.
void reconfigure_next(Sentinel& sentinel, Master& master) {
  auto in_progress = std::count_if(master.replicas.begin(), master.replicas.end(),
                                   [](const auto& each) { return under_way(*each.second); });
  for (const auto& [key, replica] : master.replicas) {
    if (in_progress >= master.parallel_syncs) return;
    if (is_finished(*replica)) continue;
    // One that does not obey counts as done, so that the others get their turn; it is put right later.
    if (replica->reconfiguration == Reconfiguration::kSent &&
        now_ms() - replica->reconfiguration_sent_ms > sentinel.timing.slave_reconf_timeout) {
      sentinel.events.about(LogLevel::kNotice, "-slave-reconf-sent-timeout", *replica);
      replica->reconfiguration = Reconfiguration::kDone;
      continue;
    }
    if (under_way(*replica) || replica->link->disconnected) continue;
    if (send_to_new_master(sentinel, master, *replica, "+slave-reconf-sent")) in_progress++;
  }
}

// [task 7.14] Is it over?
void finish_if_done(Sentinel& sentinel, Master& master) {
  if (master.failover.promoted->s_down) return;
  const bool late = now_ms() - master.failover.changed_ms > master.failover_timeout_ms;
  const bool waiting = std::any_of(master.replicas.begin(), master.replicas.end(),
                                   [](const auto& each) { return !is_finished(*each.second) && !each.second->s_down; });
  if (waiting && !late) return;
  if (late) sentinel.events.about(LogLevel::kWarning, "+failover-end-for-timeout", master);
  sentinel.events.about(LogLevel::kWarning, "+failover-end", master);
  master.failover.enter(FailoverState::kUpdateConfig);
  if (!late) return;
  for (const auto& [key, replica] : master.replicas) {
    if (is_finished(*replica) || under_way(*replica) || replica->link->disconnected) continue;
    (void)send_to_new_master(sentinel, master, *replica, "+slave-reconf-sent-be");
  }
}

}  // namespace strata::sentinel
