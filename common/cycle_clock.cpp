#include "common/cycle_clock.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace strata {

#if defined(__x86_64__)

namespace {

constexpr int64_t kFirstMeasurementNs = 2'000'000;

bool kernel_trusts_counter() {
  std::ifstream file("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  std::string source;
  return file >> source && source == "tsc";
}

}  // namespace

CycleClock::CycleClock() {
  if (!kernel_trusts_counter()) return;
  first_ns_ = base_ns_ = mono_ns();
  first_cycles_ = base_cycles_ = __rdtsc();
  while (mono_ns() - first_ns_ < kFirstMeasurementNs) {
  }
  scale_ = static_cast<double>(mono_ns() - first_ns_) / static_cast<double>(__rdtsc() - first_cycles_);
}

void CycleClock::recalibrate() {
  if (scale_ == 0) return;
  int64_t shown = ns();
  base_cycles_ = __rdtsc();
  int64_t now = mono_ns();
  scale_ = static_cast<double>(now - first_ns_) / static_cast<double>(base_cycles_ - first_cycles_);
  base_ns_ = std::max(shown, now);  // never back
}

#else

CycleClock::CycleClock() = default;
void CycleClock::recalibrate() {}

#endif

}  // namespace strata
