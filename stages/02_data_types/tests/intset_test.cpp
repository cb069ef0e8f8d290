// IntSet against a std::set: random operations at every width, the bytes themselves, hostile bytes.
#include "02_data_types/encodings/intset.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <set>
#include <vector>

namespace strata::db {

namespace {

std::vector<int64_t> contents(const IntSet& set) {
  std::vector<int64_t> all;
  for (size_t i = 0; i < set.size(); i++) all.push_back(set.at(i));
  return all;
}

IntSet of(std::initializer_list<int64_t> numbers) {
  IntSet set = IntSet::create();
  for (int64_t number : numbers) set.add(number);
  return set;
}

std::vector<uint8_t> bytes_of(std::initializer_list<int64_t> numbers) {
  IntSet set = of(numbers);
  std::vector<uint8_t> bytes(set.bytes().begin(), set.bytes().end());
  set.destroy();
  return bytes;
}

}  // namespace

TEST(IntSet, StaysSortedAndDistinct) {
  IntSet set = of({5, -3, 5, 0, 12, -3});
  EXPECT_EQ(contents(set), (std::vector<int64_t>{-3, 0, 5, 12}));
  EXPECT_FALSE(set.add(12));
  EXPECT_TRUE(set.remove(0));
  EXPECT_FALSE(set.remove(0));
  EXPECT_EQ(contents(set), (std::vector<int64_t>{-3, 5, 12}));
  set.destroy();
}

TEST(IntSet, HasTheBytesOfASnapshot) {
  EXPECT_EQ(bytes_of({1, 2, -1}), (std::vector<uint8_t>{2, 0, 0, 0, 3, 0, 0, 0, 0xff, 0xff, 1, 0, 2, 0}));
  EXPECT_EQ(bytes_of({1, 65536}), (std::vector<uint8_t>{4, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0}));
  EXPECT_EQ(bytes_of({-4294967296}),
            (std::vector<uint8_t>{8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}));
}

TEST(IntSet, WidensAtTheLimitsAndNeverNarrows) {
  struct Case {
    int64_t number;
    unsigned width;
  };
  for (Case c : {Case{32767, 2}, Case{-32768, 2}, Case{32768, 4}, Case{-32769, 4}, Case{2147483647, 4},
                 Case{-2147483648, 4}, Case{2147483648, 8}, Case{-2147483649, 8},
                 Case{std::numeric_limits<int64_t>::max(), 8}, Case{std::numeric_limits<int64_t>::min(), 8}}) {
    IntSet set = of({1, -1, 7});
    EXPECT_FALSE(set.contains(c.number));
    EXPECT_TRUE(set.add(c.number));
    EXPECT_EQ(set.width(), c.width) << c.number;
    EXPECT_TRUE(set.contains(c.number) && set.contains(1) && set.contains(-1) && set.contains(7));
    EXPECT_TRUE(set.remove(c.number));
    EXPECT_EQ(set.width(), c.width) << c.number;
    EXPECT_EQ(contents(set), (std::vector<int64_t>{-1, 1, 7}));
    set.destroy();
  }
}

TEST(IntSet, BehavesAsASetOfNumbers) {
  for (int shift : {52, 36, 20, 0}) {  // numbers of 12, 28, 44 and 64 bits
    std::mt19937_64 random(static_cast<uint64_t>(shift) + 1);
    IntSet set = IntSet::create();
    std::set<int64_t> model;
    std::vector<int64_t> used;
    for (int step = 0; step < 20000; step++) {
      bool again = !used.empty() && random() % 2 == 0;
      int64_t number = again ? used[random() % used.size()] : static_cast<int64_t>(random()) >> shift;
      switch (random() % 3) {
        case 0:
          used.push_back(number);
          ASSERT_EQ(set.add(number), model.insert(number).second);
          break;
        case 1:
          ASSERT_EQ(set.remove(number), model.erase(number) == 1);
          break;
        default:
          ASSERT_EQ(set.contains(number), model.contains(number));
      }
      ASSERT_EQ(set.size(), model.size());
      ASSERT_GE(set.memory_bytes(), set.total_bytes());
    }
    EXPECT_EQ(contents(set), std::vector<int64_t>(model.begin(), model.end()));
    EXPECT_TRUE(model.empty() || IntSet::validate(set.bytes(), true));
    IntSet copy = set.clone();
    EXPECT_EQ(contents(copy), contents(set));
    copy.destroy();
    set.destroy();
  }
}

TEST(IntSet, ValidateRefusesWhatIsNotOne) {
  const std::vector<uint8_t> good = bytes_of({1, 2, 3});
  EXPECT_TRUE(IntSet::validate(good, true));
  for (size_t n = 0; n < good.size(); n++) EXPECT_FALSE(IntSet::validate({good.data(), n}, false)) << n;
  auto with = [&](size_t at, uint8_t value) {
    std::vector<uint8_t> bytes = good;
    bytes[at] = value;
    return bytes;
  };
  EXPECT_FALSE(IntSet::validate(with(0, 0), false));
  EXPECT_FALSE(IntSet::validate(with(0, 3), false));
  EXPECT_FALSE(IntSet::validate(with(0, 16), false));
  EXPECT_FALSE(IntSet::validate(with(1, 1), false));
  EXPECT_FALSE(IntSet::validate(with(4, 2), false));
  EXPECT_FALSE(IntSet::validate(with(4, 4), false));
  EXPECT_FALSE(IntSet::validate(with(7, 0x80), false));
  std::vector<uint8_t> longer = good;
  longer.push_back(0);
  EXPECT_FALSE(IntSet::validate(longer, false));
  const std::vector<uint8_t> empty = {2, 0, 0, 0, 0, 0, 0, 0};
  EXPECT_FALSE(IntSet::validate(empty, false));
  // A count whose product with the width is beyond 32 bits.
  std::vector<uint8_t> huge = {8, 0, 0, 0, 0, 0, 0, 0x20};
  EXPECT_FALSE(IntSet::validate(huge, false));
}

TEST(IntSet, OnlyTheDeepCheckLooksAtTheOrder) {
  for (uint8_t last : {uint8_t{2}, uint8_t{0}}) {  // twice the same; descending
    std::vector<uint8_t> bytes = bytes_of({1, 2, 3});
    bytes[12] = last;
    EXPECT_TRUE(IntSet::validate(bytes, false));
    EXPECT_FALSE(IntSet::validate(bytes, true));
  }
}

}  // namespace strata::db
