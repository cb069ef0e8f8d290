// expiry/expiry_cycle.h and deadlines.h: every expired key goes, nothing else does, and no time is lost on keys that stay.
#include "02_data_types/expiry/expiry_cycle.h"

#include <gtest/gtest.h>

#include <string>

namespace strata::db {
namespace {

bool never() { return false; }

class ExpiryCycleTest : public testing::Test {
 protected:
  ExpiryCycleTest() { keyspace_.freeze_time(kStart); }
  static std::string key(int i) { return "key:" + std::to_string(i); }
  void set(int i, int64_t expiry_ms) { db_.set_string(key(i), "v", expiry_ms); }
  bool has(int i) const { return static_cast<bool>(db_.find_even_expired(key(i))); }

  static constexpr int64_t kStart = 1'000'000;
  Keyspace keyspace_{2};
  Database& db_ = keyspace_.db(0);
  ExpiryCycle cycle_{keyspace_};
  Deadlines& deadlines_ = cycle_.deadlines(db_);
};

TEST_F(ExpiryCycleTest, WhatHasExpiredGoesAndTheRestStays) {
  for (int i = 0; i < 30000; i++) set(i, i % 3 == 0 ? -1 : kStart + (i % 3 == 1 ? 100 : 5000));
  keyspace_.freeze_time(kStart + 100);
  EXPECT_TRUE(cycle_.run(never));
  EXPECT_EQ(db_.size(), 30000u);
  keyspace_.freeze_time(kStart + 101);
  EXPECT_TRUE(cycle_.run(never));
  EXPECT_EQ(db_.size(), 20000u);
  EXPECT_EQ(keyspace_.expired_keys, 10000u);
  for (int i = 0; i < 30000; i++) ASSERT_EQ(has(i), i % 3 != 1) << i;
}

TEST_F(ExpiryCycleTest, KeysThatTookThePlaceOfOthersExpireToo) {
  for (int i = 0; i < 1000; i++) set(i, kStart + 100);
  auto twin = db_.twin();
  for (int i = 0; i < 10000; i++) twin->set_string(key(i), "v", i % 2 == 0 ? kStart + 50 : kStart + 5000);
  db_.exchange_contents(*twin);
  keyspace_.freeze_time(kStart + 101);
  EXPECT_TRUE(cycle_.run(never));
  EXPECT_EQ(db_.size(), 5000u);
  EXPECT_FALSE(deadlines_.due(kStart + 101));
  EXPECT_FALSE(has(0));
  EXPECT_TRUE(has(1));
}

TEST_F(ExpiryCycleTest, OneKeyAmongManyIsFoundByOneLook) {
  for (int i = 0; i < 100000; i++) set(i, -1);
  db_.set_expiry(db_.peek(key(77)), kStart + 50);
  EXPECT_FALSE(deadlines_.due(kStart + 50));
  keyspace_.freeze_time(kStart + 51);
  EXPECT_EQ(deadlines_.count_due(kStart + 51), 1u);
  int groups = 0;
  cycle_.run([&] {
    groups++;
    return false;
  });
  EXPECT_EQ(groups, 1);
  EXPECT_FALSE(has(77));
  EXPECT_EQ(db_.size(), 99999u);
}

TEST_F(ExpiryCycleTest, OutOfTimeItGoesOnWhereItStopped) {
  for (int i = 0; i < 20000; i++) set(i, kStart + 10);
  keyspace_.freeze_time(kStart + 11);
  size_t left = db_.size();
  int calls = 1;
  for (; !cycle_.run([] { return true; }); calls++) {
    ASSERT_LE(db_.size(), left);
    ASSERT_LT(left - db_.size(), 1000u) << "one group at a time";
    left = db_.size();
  }
  EXPECT_EQ(db_.size(), 0u);
  EXPECT_GT(calls, 50);
}

TEST_F(ExpiryCycleTest, NothingIsLostWhileTheTableGrowsAndShrinks) {
  Random random(1);
  int64_t now = kStart;
  for (int step = 0; step < 40; step++) {
    for (int n = 0; n < 3000; n++) {
      int i = static_cast<int>(random.below(60000));
      switch (random.below(4)) {
        case 0:
          set(i, -1);
          break;
        case 1:
          db_.remove(key(i));
          break;
        default:
          set(i, now + 1 + static_cast<int64_t>(random.below(20000)));
      }
    }
    now += 500;
    keyspace_.freeze_time(now);
    ASSERT_TRUE(cycle_.run(never));
    ASSERT_FALSE(deadlines_.due(now));
    size_t with_expiry = 0;
    db_.each([&](Entry& entry) {
      ASSERT_FALSE(entry.has_expiry() && entry.expiry_ms() < now) << entry.key();
      with_expiry += entry.has_expiry();
    });
    ASSERT_EQ(with_expiry, db_.with_expiry());
  }
}

TEST_F(ExpiryCycleTest, AnExpiryThatMovesOnCostsOneLook) {
  for (int i = 0; i < 1000; i++) set(i, kStart + 100);
  for (int i = 0; i < 1000; i++) db_.set_expiry(db_.peek(key(i)), kStart + 10000);
  keyspace_.freeze_time(kStart + 101);
  EXPECT_TRUE(deadlines_.due(kStart + 101));
  EXPECT_TRUE(cycle_.run(never));
  EXPECT_EQ(db_.size(), 1000u);
  EXPECT_FALSE(deadlines_.due(kStart + 10000));
}

TEST_F(ExpiryCycleTest, AllDatabasesHaveTheirTurn) {
  Database& other = keyspace_.db(1);
  for (int i = 0; i < 5000; i++) {
    set(i, kStart + 10);
    other.set_string(key(i), "v", kStart + 10);
  }
  keyspace_.swap(0, 1);
  keyspace_.freeze_time(kStart + 11);
  EXPECT_TRUE(cycle_.run(never));
  EXPECT_EQ(keyspace_.db(0).size() + keyspace_.db(1).size(), 0u);
}

TEST_F(ExpiryCycleTest, AnEmptiedDatabaseHasNoDeadlines) {
  for (int i = 0; i < 5000; i++) set(i, kStart + 10);
  db_.clear();
  EXPECT_EQ(deadlines_.groups(), 0u);
  EXPECT_FALSE(deadlines_.due(kStart + 11));
  set(1, kStart + 10);
  keyspace_.freeze_time(kStart + 11);
  EXPECT_TRUE(cycle_.run(never));
  EXPECT_EQ(db_.size(), 0u);
}

TEST_F(ExpiryCycleTest, AverageTimeToLiveFollowsTheKeysAndEndsWithThem) {
  for (int i = 0; i < 2000; i++) set(i, kStart + 30000);
  cycle_.sample_ttls();
  EXPECT_EQ(db_.average_ttl_ms(), 30000);
  EXPECT_EQ(keyspace_.db(1).average_ttl_ms(), 0);
  keyspace_.freeze_time(kStart + 30001);
  cycle_.run(never);
  cycle_.sample_ttls();
  EXPECT_EQ(db_.average_ttl_ms(), 0);
}

TEST_F(ExpiryCycleTest, AverageTimeToLiveIsTakenFromFewKeysHoweverManyThereAre) {
  set(0, kStart + 30000);  // the groups are laid out for a single key
  for (int i = 1; i < 50000; i++) set(i, kStart + 30000);
  cycle_.sample_ttls();
  EXPECT_GT(deadlines_.groups(), 50000 / (2 * Deadlines::kGroupKeys));
}

TEST_F(ExpiryCycleTest, AnEmptiedDatabaseHasNoAverageTimeToLive) {
  set(1, kStart + 30000);
  cycle_.sample_ttls();
  db_.clear();
  EXPECT_EQ(db_.average_ttl_ms(), 0);
  set(1, kStart + 700);
  cycle_.sample_ttls();
  EXPECT_EQ(db_.average_ttl_ms(), 700);
}

TEST_F(ExpiryCycleTest, StaleKeysAreEstimatedWhileThereIsMoreToDo) {
  for (int i = 0; i < 20000; i++) set(i, kStart + 10);
  keyspace_.freeze_time(kStart + 11);
  int groups = 0;
  cycle_.run([&] { return ++groups == static_cast<int>(deadlines_.groups() / 2); });
  EXPECT_NEAR(cycle_.stale_percent(), 50, 5);
  cycle_.run(never);
  EXPECT_EQ(cycle_.stale_percent(), 0);
}

TEST_F(ExpiryCycleTest, DeadlinesWeighLittle) {
  for (int i = 0; i < 200000; i++) set(i, kStart + 10 + i);
  keyspace_.freeze_time(kStart + 11);
  cycle_.run(never);
  EXPECT_LE(deadlines_.groups() * sizeof(int64_t), 200000u / 10) << "a tenth of a byte per key";
  EXPECT_GE(deadlines_.groups(), 200000u / 256 / 2);
}

}  // namespace
}  // namespace strata::db
