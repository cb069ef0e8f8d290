#include "07_sentinel/monitor/periodic.h"

#include <algorithm>

#include "07_sentinel/monitor/hello_exchange.h"
#include "07_sentinel/monitor/info_rules.h"

namespace strata::sentinel {

namespace {

constexpr size_t kMaxPending = 100;  // for each instance that shares the link
constexpr int64_t kUrgentInfoMs = 1000;

int64_t info_period(const Sentinel& sentinel, const Instance& instance) {
  if (instance.kind == Kind::kReplica) {
    const auto& replica = static_cast<const Replica&>(instance);
    const Master& master = replica.master();
    // Until its INFO says that it is a master, nobody can write.
    if (replica.promoted && master.failover.state == FailoverState::kWaitPromotion) return 0;
    if (master.o_down || master.failover.in_progress() || replica.master_link_down_ms != 0) return kUrgentInfoMs;
  }
  return sentinel.timing.info_period;
}

void on_info(Sentinel& sentinel, Instance& instance, const Value& reply) {
  if (reply.is(Value::Kind::kString)) take_info(sentinel, static_cast<DataInstance&>(instance), reply.text);
}

// Whatever answers is there, but only some answers say that it is fit for work.
// [task 7.4] Judge the answer to a PING.
void on_pong(Sentinel&, Instance& instance, const Value& reply) {
  if (!reply.is(Value::Kind::kStatus) && !reply.is(Value::Kind::kError)) return;
  Link& link = *instance.link;
  const int64_t now = now_ms();
  const bool pong = reply.text.starts_with("PONG");
  if (pong || reply.text.starts_with("LOADING") || reply.text.starts_with("MASTERDOWN")) {
    link.last_avail_ms = now;
    link.act_ping_ms = 0;
    if (pong && instance.kind == Kind::kMaster) instance.master().reboot_seen = false;
  } else if (reply.text.starts_with("BUSY") && instance.s_down && !instance.script_kill_sent) {
    // A script that runs for too long is the one cause of silence that can be helped.
    if (send_command(instance, {"SCRIPT", "KILL"}, nullptr)) instance.script_kill_sent = true;
  }
  link.last_pong_ms = now;
}

}  // namespace

void send_ping(Sentinel&, Instance& instance) {
  if (!send_command(instance, {"PING"}, on_pong)) return;
  Link& link = *instance.link;
  link.last_ping_ms = now_ms();
  if (link.act_ping_ms == 0) link.act_ping_ms = link.last_ping_ms;
}

// [task 7.4] Send what is due.
void send_periodic(Sentinel& sentinel, Instance& instance) {
  const Link& link = *instance.link;
  if (link.disconnected || link.pending.size() >= kMaxPending * static_cast<size_t>(link.users)) return;
  const int64_t now = now_ms();
  if (instance.kind != Kind::kSentinel) {
    const int64_t refreshed = static_cast<DataInstance&>(instance).info_refreshed_ms;
    if (refreshed == 0 || now - refreshed > info_period(sentinel, instance)) send_command(instance, {"INFO"}, on_info);
  }
  const int64_t ping_period = std::min(instance.down_after_ms, sentinel.timing.ping_period);
  if (now - link.last_pong_ms > ping_period && now - link.last_ping_ms > ping_period / 2) {
    send_ping(sentinel, instance);
  }
  if (now - instance.last_hello_sent_ms > sentinel.timing.publish_period) send_hello(sentinel, instance);
}

}  // namespace strata::sentinel
