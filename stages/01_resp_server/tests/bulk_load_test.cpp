// db/bulk_load.h: every key arrives once, counted like any other, and duplicates are noticed whenever they come.
#include "01_resp_server/db/bulk_load.h"

#include <gtest/gtest.h>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/db/string_value.h"

namespace strata::db {
namespace {

class BulkLoadTest : public testing::Test {
 protected:
  static Entry::Shape shape(std::string_view key, int64_t number, int64_t expiry_ms = -1) {
    Entry::Shape shape;
    shape.key = key;
    shape.layout = Entry::layout_for(number);
    shape.number = number;
    shape.expiry_ms = expiry_ms;
    return shape;
  }
  Keyspace keyspace_{1};
  Database& db_ = keyspace_.db(0);
};

TEST_F(BulkLoadTest, KeysArriveWithAndWithoutAHint) {
  for (const size_t hint : {0, 10, 5000}) {
    db_.clear();
    BulkLoad load(db_, BulkLoad::Duplicates::kRefuse);
    load.expect(hint);
    for (int i = 0; i < 5000; i++) {
      ASSERT_TRUE(load.add(shape("key:" + std::to_string(i), i, i % 2 == 0 ? INT64_MAX : -1)));
    }
    ASSERT_TRUE(load.finish());
    EXPECT_EQ(db_.size(), 5000u);
    EXPECT_EQ(db_.with_expiry(), 2500u);
    for (int i = 0; i < 5000; i++) {
      Ref ref = db_.peek("key:" + std::to_string(i));
      ASSERT_TRUE(ref);
      EXPECT_EQ(ref->number(), i);
    }
  }
}

TEST_F(BulkLoadTest, ADuplicateIsRefusedAndNamed) {
  BulkLoad load(db_, BulkLoad::Duplicates::kRefuse);
  ASSERT_TRUE(load.add(shape("a", 1)));
  ASSERT_TRUE(load.add(shape("a", 2)));  // noticed when it gets to its place
  EXPECT_FALSE(load.finish());
  EXPECT_EQ(load.duplicate(), "a");
  EXPECT_EQ(db_.size(), 1u);
}

TEST_F(BulkLoadTest, ADuplicateReplacesWhereThatIsWanted) {
  db_.set_string("a", std::string(1000, 'x'));
  BulkLoad load(db_, BulkLoad::Duplicates::kReplace);
  ASSERT_TRUE(load.add(shape("a", 2)));
  ASSERT_TRUE(load.finish());
  EXPECT_EQ(db_.size(), 1u);
  EXPECT_EQ(db_.peek("a")->number(), 2);
}

}  // namespace
}  // namespace strata::db
