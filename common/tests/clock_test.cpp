#include "common/clock.h"

#include <gtest/gtest.h>

#include <chrono>

namespace strata {
namespace {

TEST(Clock, MonotonicTimeNeverGoesBack) {
  int64_t last = mono_ns();
  for (int i = 0; i < 100'000; ++i) {
    const int64_t now = mono_ns();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(Clock, UnitsAgree) {
  const int64_t ns = mono_ns();
  const int64_t us = mono_us();
  const int64_t ms = mono_ms();
  EXPECT_GE(us, ns / 1000);
  EXPECT_LT(us - ns / 1000, 10'000'000);
  EXPECT_GE(ms, us / 1000);
  EXPECT_LT(ms - us / 1000, 10'000);
}

TEST(Clock, WallTimeIsUnixTime) {
  using namespace std::chrono;
  const int64_t before = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  const int64_t us = wall_us();
  const int64_t ms = wall_ms();
  const int64_t after = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  EXPECT_LE(before, us);
  EXPECT_LE(us, after);
  EXPECT_LE(us / 1000, ms);
  EXPECT_LE(ms, after / 1000);
}

}  // namespace
}  // namespace strata
