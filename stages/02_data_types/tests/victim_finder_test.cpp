// eviction/victim_finder.h: each policy takes what it promises, spares what it must, and finds rare keys.
#include "02_data_types/eviction/victim_finder.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace strata::db {
namespace {

class VictimFinderTest : public testing::Test {
 protected:
  VictimFinderTest() {
    keyspace_.freeze_time(kStart);
    keyspace_.random = Random(7);
  }
  static std::string key(int i) { return "key:" + std::to_string(i); }
  void set(int i, int64_t expiry_ms = -1) { db_.set_string(key(i), "v", expiry_ms); }
  // As if the key had been used last so many seconds ago.
  void idle(int i, uint32_t seconds) {
    db_.find_even_expired(key(i))->set_clock((keyspace_.access_clock() - seconds) & Entry::kClockMask);
  }
  void use_policy(EvictionPolicy policy) {
    keyspace_.policy = policy;
    keyspace_.follow_policy();
  }
  // Evicts one key and tells which; -1: there was no victim.
  int evict(size_t samples = 5) {
    Victim victim = finder_.find(samples);
    if (!victim) return -1;
    int number = std::stoi(std::string(victim.ref->key().substr(4)));
    victim.database->remove(victim.ref);
    return number;
  }

  static constexpr int64_t kStart = 1'700'000'000'000;
  Keyspace keyspace_{3};
  Database& db_ = keyspace_.db(0);
  ExpiryCycle expiry_{keyspace_};
  VictimFinder finder_{keyspace_, expiry_};
};

TEST_F(VictimFinderTest, AnEmptyKeyspaceHasNoVictim) {
  for (auto policy : {EvictionPolicy::kAllKeysLru, EvictionPolicy::kAllKeysRandom, EvictionPolicy::kVolatileTtl}) {
    use_policy(policy);
    EXPECT_EQ(evict(), -1);
  }
}

TEST_F(VictimFinderTest, LruTakesTheOldestHalfNearlyOnly) {
  use_policy(EvictionPolicy::kAllKeysLru);
  for (int i = 0; i < 10000; i++) set(i);
  for (int i = 0; i < 10000; i++) idle(i, static_cast<uint32_t>(i));
  int recent = 0;
  for (int n = 0; n < 3000; n++) recent += evict() < 5000;
  EXPECT_LT(recent, 30);
}

TEST_F(VictimFinderTest, ACandidateThatIsUsedAgainIsSpared) {
  use_policy(EvictionPolicy::kAllKeysLru);
  for (int i = 0; i < 12; i++) set(i);
  for (int i = 0; i < 12; i++) idle(i, static_cast<uint32_t>(100 - i));
  EXPECT_EQ(evict(64), 0);  // the others are in the pool now
  db_.read(key(1));
  EXPECT_EQ(evict(64), 2);
}

TEST_F(VictimFinderTest, CandidatesThatWereDeletedAreNotMissed) {
  use_policy(EvictionPolicy::kAllKeysLru);
  for (int i = 0; i < 12; i++) set(i);
  for (int i = 0; i < 12; i++) idle(i, static_cast<uint32_t>(100 - i));
  EXPECT_EQ(evict(64), 0);
  for (int i = 1; i < 6; i++) db_.remove(key(i));
  EXPECT_EQ(evict(64), 6);
  db_.clear();
  EXPECT_EQ(evict(), -1);
}

TEST_F(VictimFinderTest, LfuTakesWhatIsUsedLeast) {
  use_policy(EvictionPolicy::kAllKeysLfu);
  keyspace_.frequency.log_factor = 0;
  for (int i = 0; i < 2000; i++) set(i);
  for (int i = 0; i < 1000; i++) {
    for (int n = 0; n < 5; n++) db_.read(key(i));
  }
  int used = 0;
  for (int n = 0; n < 500; n++) used += evict() < 1000;
  EXPECT_LT(used, 5);
}

TEST_F(VictimFinderTest, TtlTakesWhatExpiresSoonest) {
  use_policy(EvictionPolicy::kVolatileTtl);
  for (int i = 0; i < 5000; i++) set(i, i % 2 == 0 ? -1 : kStart + 1000 * (1 + i));
  int late = 0;
  for (int n = 0; n < 500; n++) {
    int gone = evict();
    ASSERT_EQ(gone % 2, 1) << "a key without an expiry";
    late += gone > 2500;
  }
  EXPECT_LT(late, 5);
}

TEST_F(VictimFinderTest, VolatilePoliciesFindTheRareKeysThatExpireAndSpareTheOthers) {
  for (auto policy : {EvictionPolicy::kVolatileRandom, EvictionPolicy::kVolatileLru, EvictionPolicy::kVolatileLfu,
                      EvictionPolicy::kVolatileTtl}) {
    use_policy(policy);
    db_.clear();
    for (int i = 0; i < 20000; i++) set(i, i % 1000 == 0 ? kStart + 1000 : -1);
    set(5, INT64_MAX);  // the end of time is an expiry too
    std::set<int> gone;
    for (int victim = evict(); victim != -1; victim = evict()) gone.insert(victim);
    EXPECT_EQ(gone.size(), 21u);
    EXPECT_TRUE(gone.count(5));
    EXPECT_EQ(db_.size(), 19979u);
    EXPECT_EQ(db_.with_expiry(), 0u);
  }
}

TEST_F(VictimFinderTest, RandomReachesEveryKeyOfEveryDatabase) {
  use_policy(EvictionPolicy::kAllKeysRandom);
  for (int i = 0; i < 300; i++) keyspace_.db(i % 3).set_string(key(i), "v");
  std::set<int> gone;
  for (int n = 0; n < 300; n++) gone.insert(evict());
  EXPECT_EQ(gone.size(), 300u);
  EXPECT_EQ(evict(), -1);
}

TEST_F(VictimFinderTest, AChangeOfPolicyForgetsTheCandidatesOfTheOldOne) {
  use_policy(EvictionPolicy::kVolatileTtl);
  for (int i = 0; i < 40; i++) set(i, kStart + 1000 + i);
  evict(64);
  use_policy(EvictionPolicy::kAllKeysLru);
  for (int i = 1; i < 40; i++) idle(i, static_cast<uint32_t>(i));
  EXPECT_EQ(evict(64), 39);
}

}  // namespace
}  // namespace strata::db
