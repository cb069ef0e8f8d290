#include "03_rdb_snapshot/save/save_points.h"

#include <gtest/gtest.h>

namespace strata::rdb {
namespace {

using Words = std::vector<std::string>;

TEST(SavePoints, TheDefaultIsRedis) {
  SavePoints points;
  EXPECT_EQ(points.text(), SavePoints::kDefault);
  EXPECT_EQ(points.lines(), (Words{"save 3600 1", "save 300 100", "save 60 10000"}));
}

TEST(SavePoints, SettingReplacesAll) {
  SavePoints points;
  ASSERT_TRUE(points.set({"900", "1", "10", "5"}).ok());
  EXPECT_EQ(points.text(), "900 1 10 5");
  ASSERT_TRUE(points.set({""}).ok());
  EXPECT_TRUE(points.none());
  EXPECT_EQ(points.text(), "");
  EXPECT_EQ(points.lines(), Words{"save \"\""});
}

TEST(SavePoints, NonsenseIsRefusedAndChangesNothing) {
  SavePoints points;
  for (const Words& words :
       {Words{"900"}, Words{"900", "1", "10"}, Words{"0", "1"}, Words{"-1", "1"}, Words{"900", "-1"}, Words{"900", "x"},
        Words{"1.5", "2"}, Words{"900", ""}, Words{"9999999999999999999", "1"}}) {
    EXPECT_EQ(points.set(words).message(), "Invalid save parameters");
    EXPECT_EQ(points.add_line(words).message(), "Invalid save parameters");
  }
  EXPECT_EQ(points.text(), SavePoints::kDefault);
}

TEST(SavePoints, NumbersAreThoseOfTheC) {
  SavePoints points;
  ASSERT_TRUE(points.set({"007", "+5"}).ok());
  EXPECT_EQ(points.text(), "7 5");
}

TEST(SavePoints, LinesAddUpInPlaceOfTheDefault) {
  SavePoints points;
  ASSERT_TRUE(points.add_line({"900", "1"}).ok());
  ASSERT_TRUE(points.add_line({"10", "5", "20", "6"}).ok());
  EXPECT_EQ(points.text(), "900 1 10 5 20 6");
  ASSERT_TRUE(points.add_line({""}).ok());
  EXPECT_TRUE(points.none());
  ASSERT_TRUE(points.add_line({"5", "5"}).ok());
  EXPECT_EQ(points.text(), "5 5");
}

TEST(SavePoints, APointIsDueBeyondItsSecondsWithItsChanges) {
  SavePoints points;
  ASSERT_TRUE(points.set({"900", "1", "10", "5"}).ok());
  EXPECT_EQ(points.due(5, 10), nullptr);  // not yet beyond
  EXPECT_EQ(points.due(4, 11), nullptr);
  ASSERT_NE(points.due(5, 11), nullptr);
  EXPECT_EQ(points.due(5, 11)->seconds, 10);
  EXPECT_EQ(points.due(1, 901)->seconds, 900);
  EXPECT_EQ(points.due(0, 100000), nullptr);
}

}  // namespace
}  // namespace strata::rdb
