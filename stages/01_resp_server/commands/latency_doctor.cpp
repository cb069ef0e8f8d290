#include "01_resp_server/commands/latency_doctor.h"

#include <fmt/format.h>

#include <vector>

#include "common/clock.h"

namespace strata::resp {

namespace {

// Advice for all events whose name begins with `prefix`.
struct Advice {
  std::string_view prefix;
  std::string_view text;
};
constexpr Advice kAdvice[] = {
    {"command",
     "Some commands take long by their nature: KEYS, a big SORT, LRANGE or DEL on huge values. SLOWLOG GET "
     "names those "
     "that ran here. See https://redis.io/commands/slowlog."},
    {"fast-command",
     "Commands that do little work were slow, so the machine itself held them up: look for swapping, a busy "
     "or "
     "throttled CPU, and a virtual machine that is paused."},
    {"fork",
     "Forking a large process takes time in proportion to its memory: use huge pages only on demand, and a "
     "machine "
     "whose hypervisor forks fast."},
    {"aof-",
     "The append-only file waits for the disk: give it one of its own, or consider appendfsync everysec and "
     "no-appendfsync-on-rewrite yes."},
    {"expire-", "Many keys expire in the same moment: spread their expiry times."},
    {"eviction-", "Keys are evicted in large numbers: raise maxmemory, or write less at a time."},
    {"rdb-", "Snapshots hold up the clients: save less often, or on a replica."},
    {"active-defrag", "Defragmentation takes too much of the time: lower active-defrag-cycle-max."},
};

bool any_event(const LatencyMonitor& monitor, std::string_view prefix) {
  auto found = monitor.events().lower_bound(prefix);
  return found != monitor.events().end() && found->first.starts_with(prefix);
}

}  // namespace

std::string latency_report(const LatencyMonitor& monitor, const Slowlog& slowlog) {
  if (monitor.events().empty()) {
    return monitor.enabled() ? "Nothing that took longer than latency-monitor-threshold was seen since the "
                               "start or the last "
                               "LATENCY RESET. All is well, Dave.\n"
                             : "The latency monitor is off, so there is nothing to report, Dave. Switch it "
                               "on with \"CONFIG SET "
                               "latency-monitor-threshold <milliseconds>.\" and ask again later. How to "
                               "choose the threshold: "
                               "https://redis.io/topics/latency-monitor.\n";
  }
  std::string out = "Dave, clients of this instance had to wait. These events held them up:\n\n";
  int64_t now_s = wall_ms() / 1000;
  int number = 0;
  for (const auto& [name, event] : monitor.events()) {
    LatencyMonitor::Analysis analysis = LatencyMonitor::analyse(event, now_s);
    out += fmt::format(
        "{}. {}: {} latency spikes (average {}ms, mean deviation {}ms, period {:.2f} sec). Worst all time "
        "event "
        "{}ms.\n",
        ++number, name, event.size(), analysis.average_ms, analysis.deviation_ms, analysis.period_s, event.worst_ms());
  }
  out += "\nWhat may help:\n\n";
  if (slowlog.threshold_us < 0 || slowlog.threshold_us > monitor.threshold_ms * 1000) {
    out += fmt::format(
        "- The slow log misses commands that the monitor counts: \"CONFIG SET slowlog-log-slower-than {}\" "
        "aligns "
        "them.\n",
        monitor.threshold_ms * 1000);
  }
  for (const Advice& advice : kAdvice) {
    if (any_event(monitor, advice.prefix)) out += fmt::format("- {}\n", advice.text);
  }
  return out;
}

}  // namespace strata::resp
