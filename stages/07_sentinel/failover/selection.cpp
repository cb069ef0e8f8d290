#include "07_sentinel/failover/selection.h"

#include <strings.h>

namespace strata::sentinel {

namespace {

constexpr int64_t kPingsMissed = 5;
constexpr int64_t kInfosMissed = 3;
constexpr int64_t kLinkDownFactor = 10;  // of down-after

// [task 7.11] May this replica become the master?
bool qualifies(const Replica& replica, const Master& master, const Timing& timing, int64_t now) {
  if (replica.s_down || replica.link->disconnected || replica.priority == 0) return false;
  const int64_t pings = kPingsMissed * timing.ping_period;
  if (now - replica.link->last_avail_ms > pings) return false;
  // INFO comes every second once the master is down.
  const int64_t info_age = master.s_down ? pings : kInfosMissed * timing.info_period;
  if (now - replica.info_refreshed_ms > info_age) return false;
  const int64_t explained = master.s_down ? now - master.s_down_since_ms : 0;
  return replica.master_link_down_ms <= explained + kLinkDownFactor * master.down_after_ms;
}

// [task 7.11] Which of two is to be preferred?
bool better(const Replica& a, const Replica& b) {
  if (a.priority != b.priority) return a.priority < b.priority;
  if (a.offset != b.offset) return a.offset > b.offset;
  if (a.run_id.empty() || b.run_id.empty()) return !a.run_id.empty() && b.run_id.empty();
  return ::strcasecmp(a.run_id.c_str(), b.run_id.c_str()) < 0;
}

}  // namespace

// [task 7.11] The best of those that may.
Replica* select_replica(const Master& master, const Timing& timing, int64_t now) {
  Replica* best = nullptr;
  for (const auto& [key, replica] : master.replicas) {
    if (!qualifies(*replica, master, timing, now)) continue;
    if (best == nullptr || better(*replica, *best)) best = replica.get();
  }
  return best;
}

}  // namespace strata::sentinel
