#include "07_sentinel/monitor/down.h"

#include <fmt/format.h>

#include <algorithm>

namespace strata::sentinel {

namespace {

constexpr int64_t kMissedHellos = 3;  // every sentinel hears at least its own

// [task 7.7] For how long has there been no acceptable answer?
int64_t silent_for(const Link& link, int64_t now) {
  if (link.act_ping_ms != 0) return now - link.act_ping_ms;
  return link.disconnected ? now - link.last_avail_ms : 0;
}

// [task 7.7] Leave connections that seem to be dead.
void drop_stuck_connections(const Sentinel& sentinel, Instance& instance, int64_t now) {
  Link& link = *instance.link;
  const int64_t old_enough = sentinel.timing.min_link_reconnect_period;
  const int64_t half = instance.down_after_ms / 2;
  if (link.commands != nullptr && now - link.commands_since_ms > old_enough && link.act_ping_ms != 0 &&
      now - link.act_ping_ms > half && now - link.last_pong_ms > half) {
    link.drop_commands();
  }
  if (link.messages != nullptr && now - link.messages_since_ms > old_enough &&
      now - link.last_message_ms > kMissedHellos * sentinel.timing.publish_period) {
    link.drop_messages();
  }
}

// A master that says it is a replica has been demoted by somebody, and has had the time to be found again.
bool pretends(const Sentinel& sentinel, const Master& master, int64_t now) {
  return master.role_reported == Role::kReplica &&
         now - master.role_reported_since_ms > master.down_after_ms + 2 * sentinel.timing.info_period;
}

// It was restarted and does not get ready: LOADING is an acceptable answer, but not for ever.
bool boots_too_long(const Master& master, int64_t now) {
  return master.reboot_seen && now - master.reboot_seen_ms > master.reboot_down_after_ms;
}

// [task 7.7] Is it down, in my opinion?
bool is_down(const Sentinel& sentinel, const Instance& instance, int64_t now) {
  if (silent_for(*instance.link, now) > instance.down_after_ms) return true;
  if (instance.kind != Kind::kMaster) return false;
  const Master& master = instance.master();
  return pretends(sentinel, master, now) || boots_too_long(master, now);
}

}  // namespace

// [task 7.7] Notice that it went down, or came back.
void check_subjectively_down(Sentinel& sentinel, Instance& instance) {
  const int64_t now = now_ms();
  const bool down = is_down(sentinel, instance, now);
  drop_stuck_connections(sentinel, instance, now);
  if (down == instance.s_down) return;
  instance.s_down = down;
  if (down) {
    instance.s_down_since_ms = now;
  } else {
    instance.script_kill_sent = false;
  }
  sentinel.events.about(LogLevel::kWarning, down ? "+sdown" : "-sdown", instance);
}

// [task 7.8] Count who agrees.
void check_objectively_down(Sentinel& sentinel, Master& master) {
  const auto agree = std::count_if(master.sentinels.begin(), master.sentinels.end(),
                                   [](const auto& each) { return each.second->says_down; }) +
                     1;
  const bool down = master.s_down && agree >= master.quorum;
  if (down == master.o_down) return;
  master.o_down = down;
  if (down) {
    master.o_down_since_ms = now_ms();
    sentinel.events.about(LogLevel::kWarning, "+odown", master, fmt::format(" #quorum {}/{}", agree, master.quorum));
  } else {
    sentinel.events.about(LogLevel::kWarning, "-odown", master);
  }
}

}  // namespace strata::sentinel
