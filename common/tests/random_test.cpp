#include "common/random.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace strata {
namespace {

TEST(Random, SameSeedSameSequence) {
  Random a(42), b(42), c(43);
  int different = 0;
  for (int i = 0; i < 100; ++i) {
    const uint64_t value = a.next();
    EXPECT_EQ(value, b.next());
    different += value != c.next();
  }
  EXPECT_GT(different, 95);
}

TEST(Random, FreshGeneratorsDiffer) {
  std::set<uint64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(Random().next());
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(&thread_random(), &thread_random());
}

TEST(Random, BelowStaysInsideAndIsUniform) {
  Random random(7);
  EXPECT_EQ(random.below(1), 0u);
  std::vector<int> counts(10);
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t value = random.below(10);
    ASSERT_LT(value, 10u);
    ++counts[value];
  }
  for (int count : counts) EXPECT_NEAR(count, 10'000, 500);  // five standard deviations
}

// With n = 3 * 2^62 a plain modulo would give values below 2^62 twice as often as the others.
TEST(Random, BelowHasNoBiasForHugeBounds) {
  Random random(8);
  const uint64_t n = 3ULL << 62;
  int low = 0;
  for (int i = 0; i < 30'000; ++i) low += random.below(n) < (1ULL << 62);
  EXPECT_NEAR(low, 10'000, 500);
}

TEST(Random, UnitIsHalfOpen) {
  Random random(9);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double value = random.unit();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 0.01);
}

TEST(RandomHex, HasTheLengthAndTheAlphabet) {
  for (size_t length : {size_t{0}, size_t{1}, size_t{40}, size_t{1001}}) {
    const std::string text = random_hex(length);
    EXPECT_EQ(text.size(), length);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
  EXPECT_NE(random_hex(40), random_hex(40));
  std::set<char> letters;
  for (char c : random_hex(4000)) letters.insert(c);
  EXPECT_EQ(letters.size(), 16u);
}

}  // namespace
}  // namespace strata
