// eviction/candidate_pool.h: the candidates that are worth least are kept, each once, and come out in order.
#include "02_data_types/eviction/candidate_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "common/random.h"

namespace strata::db {
namespace {

// Addresses that are never read.
const Entry* entry(size_t number) { return reinterpret_cast<const Entry*>(number + 1); }
Candidate candidate(uint64_t worth, size_t number) { return {worth, nullptr, entry(number), {}, 0}; }

TEST(CandidatePoolTest, TheLeastWorthOfManyComeOutInOrder) {
  Random random(1);
  std::vector<uint64_t> worths;
  CandidatePool pool;
  for (size_t i = 0; i < 1000; i++) {
    worths.push_back(random.below(1'000'000));
    pool.offer(candidate(worths.back(), i));
  }
  std::sort(worths.begin(), worths.end());
  ASSERT_EQ(pool.size(), CandidatePool::kCapacity);
  for (size_t i = 0; i < CandidatePool::kCapacity; i++) EXPECT_EQ(pool.take().worth, worths[i]);
  EXPECT_TRUE(pool.empty());
}

TEST(CandidatePoolTest, WhatIsWorthMoreThanAllIsWantedOnlyWhileThereIsRoom) {
  CandidatePool pool;
  for (size_t i = 0; i < CandidatePool::kCapacity; i++) {
    EXPECT_TRUE(pool.wants(100));
    pool.offer(candidate(10, i));
  }
  EXPECT_FALSE(pool.wants(100));
  EXPECT_FALSE(pool.wants(10));
  EXPECT_TRUE(pool.wants(9));
  pool.offer(candidate(100, 100));
  for (size_t i = 0; i < CandidatePool::kCapacity; i++) EXPECT_EQ(pool.take().worth, 10u);
}

TEST(CandidatePoolTest, AKeyThatIsMetAgainIsKeptOnceWithItsNewWorth) {
  CandidatePool pool;
  pool.offer(candidate(5, 1));
  pool.offer(candidate(6, 2));
  pool.offer(candidate(7, 1));
  ASSERT_EQ(pool.size(), 2u);
  EXPECT_EQ(pool.take().entry, entry(2));
  EXPECT_EQ(pool.take().worth, 7u);
}

TEST(CandidatePoolTest, OfEquallyWorthlessOnesTheFirstToComeIsTheFirstToGo) {
  CandidatePool pool;
  for (size_t i = 0; i < 5; i++) pool.offer(candidate(3, i));
  for (size_t i = 0; i < 5; i++) EXPECT_EQ(pool.take().entry, entry(i));
}

}  // namespace
}  // namespace strata::db
