#include "01_resp_server/db/access_frequency.h"

#include <gtest/gtest.h>

namespace strata::db {
namespace {

constexpr int64_t kMinuteMs = 60'000;

uint32_t after_accesses(int accesses, const FrequencySettings& settings) {
  Random random(1);
  uint32_t fresh = fresh_frequency(1000 * kMinuteMs);
  uint32_t clock = fresh;
  for (int i = 0; i < accesses; i++) clock = count_access(clock, fresh, settings, random);
  return decayed_frequency(clock, fresh, settings);
}

TEST(AccessFrequency, FitsTheClockOfAnEntry) {
  EXPECT_EQ(fresh_frequency(0), kInitialFrequency);
  EXPECT_LT(fresh_frequency(INT64_MAX), 1u << 24);
}

TEST(AccessFrequency, GrowsWithTheLogarithmOfTheAccesses) {
  FrequencySettings settings;
  uint32_t few = after_accesses(100, settings);
  uint32_t many = after_accesses(100'000, settings);
  EXPECT_GT(few, kInitialFrequency);
  EXPECT_LT(few, 30u);
  EXPECT_GT(many, 100u);
  EXPECT_LT(many, 200u);
}

TEST(AccessFrequency, CountsEveryAccessWithoutALogFactorAndStopsAtTheTop) {
  FrequencySettings settings{.log_factor = 0};
  EXPECT_EQ(after_accesses(10, settings), kInitialFrequency + 10);
  EXPECT_EQ(after_accesses(1000, settings), kMostFrequent);
}

TEST(AccessFrequency, DecaysByTheMinuteDownToNothing) {
  FrequencySettings settings;
  uint32_t clock = fresh_frequency(0) | 0xff;
  EXPECT_EQ(decayed_frequency(clock, fresh_frequency(55 * kMinuteMs), settings), 200u);
  EXPECT_EQ(decayed_frequency(clock, fresh_frequency(1000 * kMinuteMs), settings), 0u);
  settings.decay_minutes = 10;
  EXPECT_EQ(decayed_frequency(clock, fresh_frequency(55 * kMinuteMs), settings), 250u);
  settings.decay_minutes = 0;
  EXPECT_EQ(decayed_frequency(clock, fresh_frequency(1000 * kMinuteMs), settings), 255u);
}

TEST(AccessFrequency, MinutesWrapAround) {
  FrequencySettings settings;
  uint32_t before = fresh_frequency(65535 * kMinuteMs) | 0xff;
  EXPECT_EQ(decayed_frequency(before, fresh_frequency(65537 * kMinuteMs), settings), 253u);
}

}  // namespace
}  // namespace strata::db
