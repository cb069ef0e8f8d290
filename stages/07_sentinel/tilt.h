// TILT: the sentinel does not trust its own clock. A tick that comes much too late (the process was stopped, the machine is
// overloaded), or before the last one, means that nobody can be blamed for not having answered in time. For a while the
// sentinel then only watches: it declares nobody down and starts nothing.
#pragma once

#include <cstdint>

namespace strata::sentinel {

class Tilt {
 public:
  bool active() const { return active_; }
  int64_t active_for(int64_t now) const { return now - began_ms_; }

  // Notes a tick, by the steady clock and by the clock on the wall; true when either has jumped by more than `trigger_ms`
  // or gone back: TILT begins, perhaps anew.
  // [task 7.7] Notice a jump of either clock.
  bool tick(int64_t now, int64_t wall, int64_t trigger_ms) {
    const bool first = last_ms_ == 0;
    const bool jumped =
        !first && (out_of_step(now - last_ms_, trigger_ms) || out_of_step(wall - last_wall_ms_, trigger_ms));
    last_ms_ = now;
    last_wall_ms_ = wall;
    if (jumped) {
      active_ = true;
      began_ms_ = now;
    }
    return jumped;
  }
  // True once, when it has lasted `period_ms`.
  // [task 7.7] End it after its period.
  bool ends(int64_t now, int64_t period_ms) {
    if (!active_ || active_for(now) < period_ms) return false;
    active_ = false;
    return true;
  }

 private:
  static bool out_of_step(int64_t delta, int64_t trigger_ms) { return delta < 0 || delta > trigger_ms; }

  bool active_ = false;
  int64_t began_ms_ = 0;
  int64_t last_ms_ = 0;
  int64_t last_wall_ms_ = 0;
};

}  // namespace strata::sentinel
