// Which replica becomes the master.
//
//   left out   down, not connected, silent for 5 ping-periods, priority 0, stale INFO, cut off from the master for longer
//              than its failure explains
//   chosen     the lowest priority; then the most data (offset); then the smallest run id, so that all choose alike
#pragma once

#include "07_sentinel/model/instance.h"

namespace strata::sentinel {

// Null when none will do. `now`: of now_ms().
Replica* select_replica(const Master& master, const Timing& timing, int64_t now);

}  // namespace strata::sentinel
