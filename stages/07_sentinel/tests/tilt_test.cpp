// tilt.h: ticks that come too late, clocks that jump, and how long that is remembered.
#include "07_sentinel/tilt.h"

#include <gtest/gtest.h>

namespace strata::sentinel {
namespace {

constexpr int64_t kTrigger = 2000;

TEST(Tilt, BeginsWhenEitherClockJumps) {
  Tilt tilt;
  EXPECT_FALSE(tilt.tick(100'000, 500'000, kTrigger));  // nothing to compare with
  EXPECT_FALSE(tilt.tick(102'000, 502'000, kTrigger));
  EXPECT_TRUE(tilt.tick(104'001, 503'000, kTrigger));  // stopped
  EXPECT_TRUE(tilt.tick(104'100, 503'000 + 60'000, kTrigger));
  EXPECT_TRUE(tilt.tick(104'200, 503'000, kTrigger));  // set back
  EXPECT_FALSE(tilt.tick(104'300, 503'100, kTrigger));
}

TEST(Tilt, LastsFromTheLastJump) {
  Tilt tilt;
  tilt.tick(100'000, 1, kTrigger);
  EXPECT_FALSE(tilt.active());
  tilt.tick(110'000, 2, kTrigger);
  EXPECT_TRUE(tilt.active());
  EXPECT_FALSE(tilt.ends(139'999, 30'000));
  tilt.tick(120'000, 3, kTrigger);
  EXPECT_FALSE(tilt.ends(140'000, 30'000));
  EXPECT_EQ(tilt.active_for(140'000), 20'000);
  EXPECT_TRUE(tilt.ends(150'000, 30'000));
  EXPECT_FALSE(tilt.active());
  EXPECT_FALSE(tilt.ends(150'001, 30'000));  // once
}

}  // namespace
}  // namespace strata::sentinel
