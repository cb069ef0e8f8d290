#include "07_sentinel/monitor/info_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "07_sentinel/failover/failover.h"
#include "07_sentinel/failover/reconfigure.h"
#include "07_sentinel/model/directory.h"
#include "07_sentinel/monitor/info_report.h"

namespace strata::sentinel {

namespace {

// [task 7.5] Notice a restart.
void note_run_id(Sentinel& sentinel, DataInstance& instance, const InfoReport& report) {
  if (report.run_id.empty() || report.run_id == instance.run_id) return;
  if (!instance.run_id.empty()) {
    sentinel.events.about(LogLevel::kNotice, "+reboot", instance);
    Master& master = instance.master();
    if (instance.kind == Kind::kMaster && master.reboot_down_after_ms > 0) {
      master.reboot_seen = true;
      master.reboot_seen_ms = now_ms();
    }
  }
  instance.run_id = report.run_id;
}

// [task 7.5] Get to know new replicas.
void discover_replicas(Sentinel& sentinel, Master& master, const InfoReport& report) {
  for (const auto& [host, port] : report.replicas) {
    if (find_replica(sentinel, master, host, port) != nullptr) continue;
    const Expected<Replica*> added = add_replica(sentinel, master, host, port);
    if (!added) continue;
    sentinel.events.about(LogLevel::kNotice, "+slave", **added);
    (void)sentinel.save();
  }
}

void note_replica_state(Replica& replica, const InfoReport& report) {
  const std::string host = report.master_host.value_or(replica.master_host);
  const int port = report.master_port.value_or(replica.master_port);
  if (host != replica.master_host || port != replica.master_port) {
    replica.master_host = host;
    replica.master_port = port;
    replica.master_changed_ms = now_ms();
  }
  replica.master_link_up = report.master_link_up.value_or(replica.master_link_up);
  replica.priority = report.priority.value_or(replica.priority);
  replica.offset = report.offset.value_or(replica.offset);
  replica.announced = report.announced.value_or(replica.announced);
}

// [task 7.5] Notice a change of role.
void note_role(Sentinel& sentinel, DataInstance& instance, Role role) {
  if (role == instance.role_reported) return;
  instance.role_reported = role;
  instance.role_reported_since_ms = now_ms();
  if (instance.kind == Kind::kReplica && role == Role::kReplica) {
    static_cast<Replica&>(instance).master_changed_ms = now_ms();
  }
  sentinel.events.about(LogLevel::kVerbose, role == instance.configured_role() ? "+role-change" : "-role-change",
                        instance, fmt::format(" new reported role is {}", role == Role::kMaster ? "master" : "slave"));
}

// May replicas be told to follow this master?
bool looks_sane(const Sentinel& sentinel, const Master& master) {
  return master.role_reported == Role::kMaster && !master.s_down && !master.o_down &&
         now_ms() - master.info_refreshed_ms < 2 * sentinel.timing.info_period;
}

bool was_up_for(const Instance& instance, int64_t ms) {
  const int64_t last_down = std::max(instance.s_down_since_ms, instance.o_down_since_ms);
  return last_down == 0 || now_ms() - last_down > ms;
}

// A configured replica says that it is a master: the one that was promoted, or an old master that has come back.
// [task 7.12] The promoted one, or one that has to be put right.
void replica_says_master(Sentinel& sentinel, Replica& replica) {
  Master& master = replica.master();
  if (replica.promoted && master.failover.state == FailoverState::kWaitPromotion) {
    promotion_seen(sentinel, master, replica);
    return;
  }
  // Hellos of a newer configuration, in which it is the master, get the time to arrive first.
  const int64_t patience = 4 * sentinel.timing.publish_period;
  if (replica.promoted || !looks_sane(sentinel, master) || !was_up_for(replica, patience) ||
      now_ms() - replica.role_reported_since_ms <= patience) {
    return;
  }
  if (send_replicaof(replica, &master.address, sentinel.settings)) {
    sentinel.events.about(LogLevel::kNotice, "+convert-to-slave", replica);
  }
}

// [task 7.14] It follows: whom?
void replica_says_replica(Sentinel& sentinel, Replica& replica) {
  Master& master = replica.master();
  const bool names = sentinel.settings.resolve_hostnames;
  const auto follows = [&](const Address& address) {
    return !replica.master_host.empty() && is_at(address, replica.master_host, replica.master_port, names);
  };
  const int64_t patience = master.failover_timeout_ms;
  if (!follows(master.address) && looks_sane(sentinel, master) && was_up_for(replica, patience) &&
      now_ms() - replica.master_changed_ms > patience) {
    if (send_replicaof(replica, &master.address, sentinel.settings)) {
      sentinel.events.about(LogLevel::kNotice, "+fix-slave-config", replica);
    }
  }
  if (replica.reconfiguration == Reconfiguration::kSent && master.failover.promoted != nullptr &&
      follows(master.failover.promoted->address)) {
    replica.reconfiguration = Reconfiguration::kInProgress;
    sentinel.events.about(LogLevel::kNotice, "+slave-reconf-inprog", replica);
  }
  if (replica.reconfiguration == Reconfiguration::kInProgress && replica.master_link_up) {
    replica.reconfiguration = Reconfiguration::kDone;
    sentinel.events.about(LogLevel::kNotice, "+slave-reconf-done", replica);
  }
}

}  // namespace

// [task 7.5] Draw the conclusions from an INFO.
void take_info(Sentinel& sentinel, DataInstance& instance, std::string_view text) {
  const InfoReport report = parse_info(text);
  instance.info = text;
  instance.info_refreshed_ms = now_ms();
  note_run_id(sentinel, instance, report);
  auto* replica = instance.kind == Kind::kReplica ? static_cast<Replica*>(&instance) : nullptr;
  if (replica == nullptr) discover_replicas(sentinel, static_cast<Master&>(instance), report);
  if (replica != nullptr) {
    replica->master_link_down_ms = report.master_link_down_ms;
    if (report.role == Role::kReplica) note_replica_state(*replica, report);
  }
  if (!report.role) return;
  note_role(sentinel, instance, *report.role);
  if (sentinel.tilt.active() || replica == nullptr) return;
  if (report.role == Role::kMaster) replica_says_master(sentinel, *replica);
  if (report.role == Role::kReplica) replica_says_replica(sentinel, *replica);
}

}  // namespace strata::sentinel
