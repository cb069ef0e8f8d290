// expiry/work_share.h: in the long run the work gets its share, and never much of it at once.
#include "02_data_types/expiry/work_share.h"

#include <gtest/gtest.h>

namespace strata::db {
namespace {

TEST(WorkShareTest, CreditGrowsWithTimeAndIsUsedUp) {
  WorkShare share;
  share.set(0.25, 500);
  share.allowance_us(1'000'000);
  share.spend(500);
  EXPECT_EQ(share.allowance_us(1'000'000), 0);
  EXPECT_EQ(share.allowance_us(1'000'400), 100);
  share.spend(100);
  EXPECT_EQ(share.allowance_us(1'000'400), 0);
}

TEST(WorkShareTest, ALongPauseIsNotSaved) {
  WorkShare share;
  share.set(0.25, 500);
  share.allowance_us(1'000'000);
  EXPECT_EQ(share.allowance_us(9'000'000), 500);
}

TEST(WorkShareTest, WhoTakesMoreThanAllowedWaitsLonger) {
  WorkShare share;
  share.set(0.25, 500);
  share.allowance_us(1'000'000);
  share.spend(1500);  // a thousand too many: four thousand to wait
  EXPECT_LE(share.allowance_us(1'003'900), 0);
  EXPECT_GT(share.allowance_us(1'004'100), 0);
}

TEST(WorkShareTest, TheShareHoldsInTheLongRun) {
  WorkShare share;
  share.set(0.3, 400);
  int64_t now = 0;
  int64_t worked = 0;
  while (now < 10'000'000) {
    now += 130;  // a turn of the loop
    int64_t slice = share.allowance_us(now);
    if (slice < 100) continue;
    slice += 15;  // the last piece of work takes a little longer
    share.spend(slice);
    worked += slice;
    now += slice;
  }
  EXPECT_NEAR(static_cast<double>(worked) / static_cast<double>(now), 0.3, 0.01);
}

}  // namespace
}  // namespace strata::db
