// Sorted sets in both encodings: the same operations give the same results, and the listpack becomes a table when it
// must.
#include "02_data_types/values/sorted_set_value.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "01_resp_server/db/keyspace.h"
#include "common/random.h"

namespace strata::db {
namespace {

constexpr SortedSetLimits kUsual = {.max_listpack_entries = 128, .max_listpack_value = 64};
constexpr SortedSetLimits kAlwaysTable = {.max_listpack_entries = 0, .max_listpack_value = 64};

class SortedSetKeyspace {
 protected:
  SortedSetKeyspace() { keyspace.types[ValueType::kSortedSet] = sorted_set_type(); }

  SortedSetValue fresh(std::string_view key = "key") {
    return SortedSetValue(*keyspace.db(0).add(SortedSetValue::empty_shape(key)));
  }

  Keyspace keyspace{1};
};

// The parameter: is it a table from the first member on?
class SortedSetValueTest : public SortedSetKeyspace, public ::testing::TestWithParam<bool> {
 protected:
  const SortedSetLimits& limits() const { return GetParam() ? kAlwaysTable : kUsual; }
  AddOutcome add(SortedSetValue& value, double score, std::string_view member, AddRules rules = {}) {
    return value.add(member, &score, rules, limits());
  }
  static std::vector<std::string> members(const SortedSetValue& value, Ranks ranks, bool backward = false) {
    std::vector<std::string> found;
    value.each(ranks, backward, [&](const Element& member, double) {
      Element::Digits digits;
      found.emplace_back(member.as_text(digits));
    });
    return found;
  }
};

using Names = std::vector<std::string>;

TEST_P(SortedSetValueTest, OrdersByScoreThenMember) {
  SortedSetValue value = fresh();
  for (const char* member : {"b", "10", "a", "9", "ab"}) EXPECT_EQ(add(value, 1, member), AddOutcome::kAdded);
  add(value, -HUGE_VAL, "low");
  add(value, 0.5, "half");
  EXPECT_EQ(value.is_listpack(), !GetParam());
  EXPECT_EQ(members(value, value.all()), (Names{"low", "half", "10", "9", "a", "ab", "b"}));
  EXPECT_EQ(members(value, {1, 3}, true), (Names{"10", "half"}));
  EXPECT_EQ(value.rank("9"), 3u);
  EXPECT_EQ(value.rank("nobody"), std::nullopt);
  EXPECT_EQ(value.score("half"), 0.5);
  EXPECT_EQ(value.score("nobody"), std::nullopt);
}

TEST_P(SortedSetValueTest, FollowsTheRules) {
  SortedSetValue value = fresh();
  EXPECT_EQ(add(value, 1, "a", {.only_present = true}), AddOutcome::kRefused);
  EXPECT_EQ(add(value, 1, "a"), AddOutcome::kAdded);
  EXPECT_EQ(add(value, 1, "a"), AddOutcome::kUnchanged);
  EXPECT_EQ(add(value, 5, "a", {.only_new = true}), AddOutcome::kRefused);
  EXPECT_EQ(add(value, 0, "a", {.only_higher = true}), AddOutcome::kRefused);
  EXPECT_EQ(add(value, 2, "a", {.only_higher = true}), AddOutcome::kUpdated);
  EXPECT_EQ(add(value, 3, "a", {.only_lower = true}), AddOutcome::kRefused);
  EXPECT_EQ(add(value, 1, "a", {.only_lower = true}), AddOutcome::kUpdated);
  double score = 2.5;
  EXPECT_EQ(value.add("a", &score, {.increment = true}, limits()), AddOutcome::kUpdated);
  EXPECT_EQ(score, 3.5);
  add(value, HUGE_VAL, "a");
  EXPECT_EQ(add(value, -HUGE_VAL, "a", {.increment = true}), AddOutcome::kNotANumber);
  EXPECT_EQ(value.score("a"), HUGE_VAL);
}

TEST_P(SortedSetValueTest, FindsStretchesByScore) {
  SortedSetValue value = fresh();
  for (int i = 0; i < 10; i++) add(value, i / 2, "m" + std::to_string(i));  // scores 0 0 1 1 2 2 3 3 4 4
  auto in = [&](std::string_view min, std::string_view max) {
    ScoreRange range;
    EXPECT_TRUE(ScoreRange::parse(min, max, &range));
    Ranks ranks = value.in(range);
    return std::pair(ranks.size() == 0 ? 0 : ranks.begin, ranks.size());
  };
  using Stretch = std::pair<size_t, size_t>;
  EXPECT_EQ(in("-inf", "+inf"), Stretch(0, 10));
  EXPECT_EQ(in("1", "2"), Stretch(2, 4));
  EXPECT_EQ(in("(1", "2"), Stretch(4, 2));
  EXPECT_EQ(in("1", "(2"), Stretch(2, 2));
  EXPECT_EQ(in("(1", "(2"), Stretch(0, 0));
  EXPECT_EQ(in("3", "1"), Stretch(0, 0));
  EXPECT_EQ(in("5", "9"), Stretch(0, 0));
}

TEST_P(SortedSetValueTest, FindsStretchesByMember) {
  SortedSetValue value = fresh();
  for (const char* member : {"a", "b", "c", "d", "e"}) add(value, 0, member);
  auto in = [&](std::string_view min, std::string_view max, bool backward) {
    LexRange range;
    EXPECT_TRUE(LexRange::parse(min, max, &range));
    return members(value, value.in(range, backward));
  };
  for (bool backward : {false, true}) {
    EXPECT_EQ(in("-", "+", backward), (Names{"a", "b", "c", "d", "e"}));
    EXPECT_EQ(in("[b", "[d", backward), (Names{"b", "c", "d"}));
    EXPECT_EQ(in("(b", "(d", backward), (Names{"c"}));
    EXPECT_EQ(in("[bb", "+", backward), (Names{"c", "d", "e"}));
    EXPECT_EQ(in("-", "(a", backward), Names{});
    EXPECT_EQ(in("+", "-", backward), Names{});
    EXPECT_EQ(in("[c", "[b", backward), Names{});
  }
}

TEST_P(SortedSetValueTest, RandomOperationsAgreeWithAMap) {
  SortedSetValue value = fresh();
  std::map<std::string, double> model;
  Random random(3);
  for (int round = 0; round < 3000; round++) {
    std::string member = std::to_string(random.below(90));
    double score = static_cast<double>(random.below(30)) / 4;
    if (random.below(3) == 0) {
      EXPECT_EQ(value.remove(member), model.erase(member) == 1);
    } else {
      EXPECT_EQ(add(value, score, member) == AddOutcome::kAdded, !model.contains(member));
      model[member] = score;
    }
  }
  ASSERT_EQ(value.size(), model.size());
  double last = -1;
  value.each(value.all(), false, [&](const Element& member, double score) {
    Element::Digits digits;
    EXPECT_EQ(model.at(std::string(member.as_text(digits))), score);
    EXPECT_GE(score, last);
    last = score;
  });
}

TEST_P(SortedSetValueTest, CopiesDeeply) {
  SortedSetValue value = fresh();
  for (int i = 0; i < 50; i++) add(value, i, "m" + std::to_string(i));
  Database& db = keyspace.db(0);
  Ref ref = db.peek("key");
  Entry::Shape shape = keyspace.types.of(*ref).copy_value(*ref);
  shape.key = "copy";
  shape.type = ValueType::kSortedSet;
  SortedSetValue copy(*db.add(shape));
  value.remove(Ranks{0, 40});
  EXPECT_EQ(value.size(), 10u);
  EXPECT_EQ(copy.size(), 50u);
  EXPECT_EQ(copy.rank("m39"), 39u);
}

INSTANTIATE_TEST_SUITE_P(Encodings, SortedSetValueTest, ::testing::Bool(),
                         [](const auto& parameter) { return parameter.param ? "Table" : "Listpack"; });

class SortedSetLimitsTest : public SortedSetKeyspace, public ::testing::Test {};

TEST_F(SortedSetLimitsTest, BecomeATableBeyondTheLimits) {
  SortedSetValue many = fresh("many");
  double score = 1;
  for (int i = 0; i < 128; i++) many.add(std::to_string(i), &score, {}, kUsual);
  EXPECT_TRUE(many.is_listpack());
  many.add("0", &score, {}, kUsual);  // there already
  EXPECT_TRUE(many.is_listpack());
  many.add("one more", &score, {}, kUsual);
  EXPECT_FALSE(many.is_listpack());
  EXPECT_EQ(many.size(), 129u);

  SortedSetValue wide = fresh("wide");
  wide.add(std::string(64, 'x'), &score, {}, kUsual);
  EXPECT_TRUE(wide.is_listpack());
  wide.add(std::string(65, 'x'), &score, {}, kUsual);
  EXPECT_FALSE(wide.is_listpack());
}

TEST(SortedSetRanges, ReadBounds) {
  ScoreRange scores;
  EXPECT_TRUE(ScoreRange::parse("(1.5", "+inf", &scores));
  EXPECT_TRUE(scores.excludes_min);
  EXPECT_FALSE(scores.excludes_max);
  EXPECT_EQ(scores.min, 1.5);
  EXPECT_EQ(scores.max, HUGE_VAL);
  EXPECT_TRUE(ScoreRange::parse("", " 1", &scores));  // as strtod reads them
  EXPECT_FALSE(ScoreRange::parse("nan", "1", &scores));
  EXPECT_FALSE(ScoreRange::parse("1", "1x", &scores));
  LexRange members;
  EXPECT_TRUE(LexRange::parse("-", "(", &members));
  for (const char* bad : {"", "a", "++", "-x"}) EXPECT_FALSE(LexRange::parse(bad, "+", &members)) << bad;
}

TEST(SortedSetRanges, RanksCountFromEitherEnd) {
  auto is = [](Ranks ranks, size_t begin, size_t end) { return ranks.begin == begin && ranks.end == end; };
  EXPECT_TRUE(is(Ranks::between(0, -1, 5, false), 0, 5));
  EXPECT_TRUE(is(Ranks::between(-2, 100, 5, false), 3, 5));
  EXPECT_TRUE(is(Ranks::between(0, 1, 5, true), 3, 5));
  EXPECT_EQ(Ranks::between(3, 2, 5, false).size(), 0u);
  EXPECT_EQ(Ranks::between(7, 9, 5, false).size(), 0u);
  EXPECT_EQ(Ranks::between(-100, -50, 5, true).size(), 0u);
  EXPECT_EQ(Ranks::between(INT64_MIN, INT64_MAX, 5, false).size(), 5u);
  EXPECT_TRUE(is(Ranks{2, 9}.limited(1, 3, false), 3, 6));
  EXPECT_TRUE(is(Ranks{2, 9}.limited(1, 3, true), 5, 8));
  EXPECT_TRUE(is(Ranks{2, 9}.limited(0, -1, false), 2, 9));
  EXPECT_EQ((Ranks{2, 9}.limited(7, 1, false).size()), 0u);
  EXPECT_EQ((Ranks{2, 9}.limited(-1, 1, false).size()), 0u);
}

}  // namespace
}  // namespace strata::db
