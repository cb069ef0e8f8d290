// A stopwatch for very short times: the processor's time stamp counter where it can be trusted, mono_ns() elsewhere.
//
// A vDSO call costs about 20 ns, a tenth of a small command; the counter costs a third of that. It is used only where
// the kernel itself keeps time by it (current_clocksource is tsc: constant rate, the same on all cores). Its rate is
// measured against the monotonic clock at start and again by recalibrate().
#pragma once

#include <cstdint>

#include "common/clock.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace strata {

class CycleClock {
 public:
  CycleClock();

  // Nanoseconds since an arbitrary point; steady, and good to about one part in ten thousand over seconds.
  int64_t ns() const {
#if defined(__x86_64__)
    if (scale_ != 0) {
      uint64_t cycles = __rdtsc() - base_cycles_;
      return base_ns_ + static_cast<int64_t>(static_cast<double>(cycles) * scale_);
    }
#endif
    return mono_ns();
  }

  // Measures the rate over the time since the clock was made, and catches up with the monotonic clock. Call it once in
  // a while, outside of measurements.
  void recalibrate();

  bool uses_counter() const { return scale_ != 0; }

 private:
  uint64_t first_cycles_ = 0;
  int64_t first_ns_ = 0;
  uint64_t base_cycles_ = 0;
  int64_t base_ns_ = 0;
  double scale_ = 0;  // ns per cycle; 0: no counter
};

}  // namespace strata
