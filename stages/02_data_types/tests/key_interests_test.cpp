// KeyInterests: members stand in the line of a key in the order in which they joined, and leave from anywhere.
#include "02_data_types/interest/key_interests.h"

#include <gtest/gtest.h>

namespace strata::db {
namespace {

using Lines = KeyInterests<int>;

TEST(KeyInterestsTest, ALineKeepsTheOrderOfJoining) {
  Lines lines;
  lines.join(0, "k", 1);
  Lines::Place two = lines.join(0, "k", 2);
  lines.join(0, "k", 3);
  EXPECT_EQ(lines.find(0, "k")->members, (std::list<int>{1, 2, 3}));
  lines.leave(two);
  lines.join(0, "k", 2);
  EXPECT_EQ(lines.find(0, "k")->members, (std::list<int>{1, 3, 2}));
}

TEST(KeyInterestsTest, ALineEndsWithItsLastMember) {
  Lines lines;
  EXPECT_TRUE(lines.empty());
  Lines::Place one = lines.join(3, "k", 1);
  Lines::Place two = lines.join(3, "k", 2);
  lines.leave(one);
  EXPECT_NE(lines.find(3, "k"), nullptr);
  lines.leave(two);
  EXPECT_EQ(lines.find(3, "k"), nullptr);
  EXPECT_TRUE(lines.empty());
}

TEST(KeyInterestsTest, TheSameKeyInAnotherDatabaseIsAnother) {
  Lines lines;
  lines.join(0, "k", 1);
  lines.join(7, "k", 2);
  EXPECT_EQ(lines.find(0, "k")->members, std::list<int>{1});
  EXPECT_EQ(lines.find(7, "k")->members, std::list<int>{2});
  EXPECT_EQ(lines.find(1, "k"), nullptr);
  EXPECT_EQ(lines.find(100, "k"), nullptr);
  int seen = 0;
  lines.each(7, [&](Lines::Line& line) { seen += line.members.front(); });
  EXPECT_EQ(seen, 2);
}

TEST(KeyInterestsTest, PlacesOutliveTheGrowthOfTheTable) {
  Lines lines;
  Lines::Place first = lines.join(0, "first", 42);
  for (int i = 0; i < 10000; i++) lines.join(0, "key:" + std::to_string(i), i);
  EXPECT_EQ(*first, 42);
  EXPECT_EQ(first.line->key, "first");
  lines.leave(first);
  EXPECT_EQ(lines.find(0, "first"), nullptr);
}

}  // namespace
}  // namespace strata::db
