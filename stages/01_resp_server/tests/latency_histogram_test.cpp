// Guards the histogram's promises: 1 % precision over the whole range, fixed memory, and the power-of-two
// view of LATENCY HISTOGRAM with the limits that Redis shows.
#include "01_resp_server/server/latency_histogram.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "common/random.h"

namespace strata::resp {
namespace {

using Buckets = std::vector<std::pair<uint64_t, uint64_t>>;

Buckets buckets_of(const LatencyHistogram& histogram) {
  Buckets out;
  histogram.each_power_of_two([&](uint64_t us, uint64_t count) { out.emplace_back(us, count); });
  return out;
}

TEST(LatencyHistogram, EmptyHasNoBucketsAndNoPercentiles) {
  LatencyHistogram histogram;
  EXPECT_TRUE(buckets_of(histogram).empty());
  EXPECT_EQ(histogram.percentile(99), 0u);
}

TEST(LatencyHistogram, FitsIntoTwentyFourKibibytes) { EXPECT_LE(sizeof(LatencyHistogram), size_t{24} * 1024 + 64); }

TEST(LatencyHistogram, EveryValueIsKnownToOnePercent) {
  Random random(1);
  for (int i = 0; i < 20000; i++) {
    uint64_t value = 1 + random.next() % (uint64_t{1} << (1 + random.below(30)));
    value = std::min<uint64_t>(value, LatencyHistogram::kMaxNs);
    LatencyHistogram histogram;
    histogram.record(value);
    EXPECT_GE(histogram.percentile(100), value);
    EXPECT_LE(histogram.percentile(0), value);
    EXPECT_LE(histogram.percentile(100) - histogram.percentile(0), value / 100);
  }
}

// Values and results as redis-server 7.0.15 gave them.
TEST(LatencyHistogram, PercentilesRoundAsRedisDoes) {
  LatencyHistogram histogram;
  histogram.record(703435000);
  EXPECT_EQ(histogram.percentile(99), 704643071u);
  LatencyHistogram small;
  small.record(14000);
  EXPECT_EQ(small.percentile(50), 14015u);
  small = LatencyHistogram();
  small.record(6000);
  EXPECT_EQ(small.percentile(0), 5984u);
}

TEST(LatencyHistogram, PercentilesFollowTheRanks) {
  LatencyHistogram histogram;
  for (uint64_t us = 1; us <= 100; us++) histogram.record(us * 1000);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(50)), 50e3, 500);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(99)), 99e3, 990);
  EXPECT_NEAR(static_cast<double>(histogram.percentile(100)), 100e3, 1000);
}

TEST(LatencyHistogram, LimitsDoubleAndCountsAddUp) {
  LatencyHistogram histogram;
  histogram.record(1000);    // 1 us
  histogram.record(5000);    // 8
  histogram.record(14000);   // 16
  histogram.record(20000);   // 33
  histogram.record(120000);  // 132
  EXPECT_EQ(buckets_of(histogram), (Buckets{{1, 1}, {8, 2}, {16, 3}, {33, 4}, {132, 5}}));
}

TEST(LatencyHistogram, TheLastLimitHoldsWhateverIsLonger) {
  LatencyHistogram histogram;
  histogram.record(703435000);
  histogram.record(uint64_t{3600} * 1000 * 1000 * 1000);
  EXPECT_EQ(buckets_of(histogram), (Buckets{{1073741, 2}}));
  histogram.record(0);
  EXPECT_EQ(histogram.total(), 3u);
}

}  // namespace
}  // namespace strata::resp
