#include "03_rdb_snapshot/legacy/zipmap.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/random.h"

namespace strata::rdb {
namespace {

using Bytes = std::vector<uint8_t>;
using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(const Zipmap& map) {
  Pairs pairs;
  map.each([&](std::string_view field, std::string_view value) { pairs.emplace_back(field, value); });
  return pairs;
}

// Two pairs, the second value followed by two unused bytes.
const Bytes kTwoPairs = {0x02, 3,   'f', 'o', 'o', 3,   0,   'b', 'a', 'r', 5, 'h', 'e',
                         'l',  'l', 'o', 5,   2,   'w', 'o', 'r', 'l', 'd', 0, 0,   0xff};

TEST(Zipmap, ReadsPairsAndSkipsUnusedBytes) {
  ASSERT_TRUE(Zipmap::validate(kTwoPairs));
  EXPECT_EQ(Zipmap(kTwoPairs).count(), 2u);
  EXPECT_EQ(pairs_of(Zipmap(kTwoPairs)), Pairs({{"foo", "bar"}, {"hello", "world"}}));
}

TEST(Zipmap, ReadsLengthsOfFiveBytesAndEmptyStrings) {
  Bytes bytes = {0x02, 0xfe, 0x2c, 0x01, 0, 0};
  bytes.insert(bytes.end(), 300, 'k');
  bytes.insert(bytes.end(), {0xfe, 1, 0, 0, 0, 0, 'v', 0, 0, 0, 0xff});
  ASSERT_TRUE(Zipmap::validate(bytes));
  EXPECT_EQ(pairs_of(Zipmap(bytes)), Pairs({{std::string(300, 'k'), "v"}, {"", ""}}));
}

TEST(Zipmap, CountsByWalkingWhenTheHeaderDoesNotKnow) {
  Bytes bytes = kTwoPairs;
  bytes[0] = 254;
  ASSERT_TRUE(Zipmap::validate(bytes));
  EXPECT_EQ(Zipmap(bytes).count(), 2u);

  Bytes many = {254};
  for (int i = 0; i < 300; i++) many.insert(many.end(), {1, 'k', 1, 0, 'v'});
  many.push_back(0xff);
  ASSERT_TRUE(Zipmap::validate(many));
  EXPECT_EQ(Zipmap(many).count(), 300u);
}

TEST(Zipmap, EndsAtTheTerminatorAsInRedis) {
  Bytes bytes = {1, 1, 'k', 1, 0, 'v', 0xff, 1, 'x', 0xff};
  ASSERT_TRUE(Zipmap::validate(bytes));
  EXPECT_EQ(pairs_of(Zipmap(bytes)), Pairs({{"k", "v"}}));
}

TEST(Zipmap, RefusesWhatDoesNotHoldTogether) {
  EXPECT_FALSE(Zipmap::validate({})) << "nothing";
  EXPECT_FALSE(Zipmap::validate(Bytes{0xff})) << "no header";
  EXPECT_FALSE(Zipmap::validate(Bytes{0, 0xff})) << "no pair";
  EXPECT_FALSE(Zipmap::validate(Bytes{254, 0xff})) << "no pair";
  EXPECT_FALSE(Zipmap::validate(Bytes{1, 1, 'k', 0xff})) << "a field alone";
  EXPECT_FALSE(Zipmap::validate(Bytes{1, 1, 'k', 1, 0xff})) << "no value";
  EXPECT_FALSE(Zipmap::validate(Bytes{1, 1, 'k', 1, 1, 'v', 0xff})) << "unused bytes beyond the end";
  EXPECT_FALSE(Zipmap::validate(Bytes{1, 1, 'k', 0xff, 0, 'v', 0xff})) << "a terminator in the middle of a pair";
  EXPECT_FALSE(Zipmap::validate(Bytes{1, 0xfe, 0xff, 0xff, 0xff, 0xff, 'k', 0xff})) << "4 GiB too long";
  for (uint8_t count : Bytes{0, 1, 3, 253, 255}) {
    Bytes bytes = kTwoPairs;
    bytes[0] = count;
    EXPECT_FALSE(Zipmap::validate(bytes)) << "a count of " << int{count};
  }
}

// The copies have exactly the size of what they hold, so that a sanitizer sees a read beyond.
TEST(Zipmap, NeverReadsOutsideWhateverTheBytesAre) {
  for (size_t length = 0; length < kTwoPairs.size(); length++) {
    Bytes cut(kTwoPairs.begin(), kTwoPairs.begin() + static_cast<ptrdiff_t>(length));
    EXPECT_FALSE(Zipmap::validate(cut)) << length;
    if (length < 2) continue;
    cut.back() = 0xff;
    EXPECT_FALSE(Zipmap::validate(cut)) << length << ", terminated";
  }
  Random random(10);
  for (int round = 0; round < 20'000; round++) {
    Bytes mutated = kTwoPairs;
    for (uint64_t changes = 1 + random.below(4); changes > 0; changes--) {
      mutated[random.below(mutated.size())] = static_cast<uint8_t>(random.next());
    }
    if (!Zipmap::validate(mutated)) continue;
    EXPECT_EQ(pairs_of(Zipmap(mutated)).size(), Zipmap(mutated).count());
  }
}

}  // namespace
}  // namespace strata::rdb
