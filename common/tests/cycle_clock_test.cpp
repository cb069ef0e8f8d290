#include "common/cycle_clock.h"

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(CycleClock, AgreesWithTheMonotonicClock) {
  CycleClock clock;
  int64_t start = clock.ns();
  int64_t mono_start = mono_ns();
  while (mono_ns() - mono_start < 50'000'000) {
  }
  int64_t mono = mono_ns() - mono_start;
  int64_t measured = clock.ns() - start;
  EXPECT_NEAR(static_cast<double>(measured), static_cast<double>(mono), static_cast<double>(mono) * 0.02);
}

TEST(CycleClock, NeverGoesBackAcrossCalibrations) {
  CycleClock clock;
  int64_t last = clock.ns();
  for (int i = 0; i < 10000; i++) {
    if (i % 100 == 0) clock.recalibrate();
    int64_t now = clock.ns();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace strata
