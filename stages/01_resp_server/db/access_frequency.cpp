#include "01_resp_server/db/access_frequency.h"

#include <algorithm>

namespace strata::db {

namespace {

constexpr uint32_t kMinuteMask = 0xffff;

}  // namespace

uint32_t fresh_frequency(int64_t now_ms) {
  auto minutes = static_cast<uint32_t>(static_cast<uint64_t>(now_ms / 60'000) & kMinuteMask);
  return minutes << 8 | kInitialFrequency;
}

uint32_t decayed_frequency(uint32_t clock, uint32_t fresh, const FrequencySettings& settings) {
  uint32_t counter = clock & 0xff;
  if (settings.decay_minutes == 0) return counter;
  uint32_t passed = ((fresh >> 8) - (clock >> 8)) & kMinuteMask;  // wraps after 45 days
  int64_t steps = passed / settings.decay_minutes;
  return steps >= counter ? 0 : counter - static_cast<uint32_t>(steps);
}

uint32_t count_access(uint32_t clock, uint32_t fresh, const FrequencySettings& settings, Random& random) {
  uint32_t counter = decayed_frequency(clock, fresh, settings);
  if (counter < kMostFrequent) {
    double above = counter > kInitialFrequency ? counter - kInitialFrequency : 0;
    if (random.unit() * (above * static_cast<double>(settings.log_factor) + 1) < 1) counter++;
  }
  return (fresh & ~0xffu) | counter;
}

}  // namespace strata::db
