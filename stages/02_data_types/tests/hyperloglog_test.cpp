// The promises of hyperloglog/: both forms hold the same registers, hostile bytes do no harm, estimates are near.
#include "02_data_types/hyperloglog/hyperloglog.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/db/string_value.h"
#include "02_data_types/hyperloglog/dense.h"
#include "02_data_types/hyperloglog/sparse.h"
#include "common/random.h"

namespace strata::db::hll {
namespace {

// Raises a register of free-standing runs; false when it needs the dense form.
bool raise(std::string& runs, Place place) {
  SparseChange change = raise_sparse(runs, place);
  if (change.kind == SparseChange::Kind::kNone) return true;
  if (change.kind != SparseChange::Kind::kReplace) return false;
  runs.replace(change.at, change.old_bytes, change.bytes());
  runs.resize(join_runs(runs.data(), runs.size(), change.from));
  return true;
}

TEST(HyperLogLogTest, TheHashIsMurmurHash64A) {
  // Published values of the algorithm with seed 0.
  EXPECT_EQ(murmur_hash_64a("", 0), 0u);
  EXPECT_EQ(murmur_hash_64a("a", 0), 0x071717d2d36b6b11u);
  EXPECT_NE(murmur_hash_64a("12345678", 1), murmur_hash_64a("12345678", 2));
  EXPECT_NE(murmur_hash_64a("123456789", 0), murmur_hash_64a("123456780", 0));
}

TEST(HyperLogLogTest, RanksStayWithinTheirRange) {
  Random random(1);
  for (int i = 0; i < 100000; i++) {
    std::string element = std::to_string(random.next());
    Place place = place_of(element);
    ASSERT_LT(place.index, kRegisters);
    ASSERT_GE(place.rank, 1);
    ASSERT_LE(place.rank, kMaxRank);
  }
}

TEST(HyperLogLogTest, DenseRegistersLieSideBySide) {
  std::string dense(kDenseBytes, '\0');
  Registers registers{};
  Random random(2);
  for (int i = 0; i < 50000; i++) {
    auto index = static_cast<unsigned>(random.below(kRegisters));
    auto rank = static_cast<uint8_t>(random.below(64));
    dense_set(dense.data(), index, rank);
    registers[index] = rank;
  }
  dense_set(dense.data(), kRegisters - 1, registers[kRegisters - 1] = 63);
  for (unsigned i = 0; i < kRegisters; i++) ASSERT_EQ(dense_get(dense.data(), i), registers[i]) << i;
  Registers merged{};
  merge_dense(dense.data(), merged);
  EXPECT_EQ(merged, registers);
  std::string written(kDenseBytes, '\xff');
  write_dense(written.data(), registers);
  EXPECT_EQ(written, dense);
}

TEST(HyperLogLogTest, SparseRunsHoldWhatWasRaised) {
  Random random(3);
  for (int round = 0; round < 20; round++) {
    std::string runs(empty_runs());
    Registers registers{};
    // Few places, so that runs are split, raised and joined again.
    uint64_t places = uint64_t{1} << (4 + round % 10);
    uint64_t offset = random.below(kRegisters - places);
    for (int i = 0; i < 1500; i++) {
      Place place{static_cast<unsigned>(offset + random.below(places)), static_cast<uint8_t>(1 + random.below(4))};
      if (random.below(50) == 0) place.rank = kMaxSparseRank;
      ASSERT_TRUE(raise(runs, place));
      registers[place.index] = std::max(registers[place.index], place.rank);
    }
    Registers from_runs{};
    ASSERT_TRUE(merge_sparse(runs, from_runs));
    ASSERT_EQ(from_runs, registers);
  }
}

TEST(HyperLogLogTest, EqualNeighboursAreJoined) {
  std::string runs(empty_runs());
  for (unsigned index : {100u, 102u, 101u, 103u, 104u}) ASSERT_TRUE(raise(runs, {index, 3}));
  EXPECT_EQ(describe_sparse(runs), "Z:100 v:3,4 v:3,1 Z:16279");
  ASSERT_TRUE(raise(runs, {101, 5}));
  EXPECT_EQ(describe_sparse(runs), "Z:100 v:3,1 v:5,1 v:3,3 Z:16279");
}

TEST(HyperLogLogTest, ARankBeyondTheRunsAsksForTheDenseForm) {
  EXPECT_EQ(raise_sparse(empty_runs(), {5, kMaxSparseRank + 1}).kind, SparseChange::Kind::kTooHigh);
  EXPECT_EQ(raise_sparse(empty_runs(), {5, kMaxSparseRank}).kind, SparseChange::Kind::kReplace);
}

TEST(HyperLogLogTest, HostileRunsDoNoHarm) {
  Random random(4);
  for (int round = 0; round < 20000; round++) {
    std::string runs(random.below(12), '\0');
    for (char& byte : runs) byte = static_cast<char>(random.next());
    Registers registers{};
    merge_sparse(runs, registers);
    describe_sparse(runs);
    raise(runs, {static_cast<unsigned>(random.below(kRegisters)), static_cast<uint8_t>(1 + random.below(40))});
  }
  Registers registers{};
  EXPECT_FALSE(merge_sparse("", registers));
  EXPECT_FALSE(merge_sparse("\x7f", registers)) << "cut off";
  EXPECT_FALSE(merge_sparse(std::string("\x7f\xff\x80", 3), registers)) << "too many registers";
  EXPECT_EQ(raise_sparse("", {0, 1}).kind, SparseChange::Kind::kCorrupt);
}

TEST(HyperLogLogTest, EstimatesAreWithinAFewStandardErrors) {
  Registers registers{};
  Random random(5);
  uint64_t seed = random.next();
  uint64_t added = 0;
  for (uint64_t target : {0u, 1u, 10u, 1000u, 30000u, 60000u, 1000000u}) {
    for (; added < target; added++) {
      uint64_t element = seed + added;
      Place place = place_of({reinterpret_cast<const char*>(&element), sizeof element});
      registers[place.index] = std::max(registers[place.index], place.rank);
    }
    double tolerated = 1 + static_cast<double>(target) * 5 * 1.04 / std::sqrt(kRegisters);
    EXPECT_NEAR(static_cast<double>(estimate(histogram_of(registers))), static_cast<double>(target), tolerated);
  }
}

class StoredHyperLogLogTest : public testing::Test {
 protected:
  StoredHyperLogLogTest() { keyspace_.types[ValueType::kString] = string_type(); }
  Registers registers_of(const StoredHyperLogLog& counter) {
    Registers registers{};
    EXPECT_TRUE(merge(counter.bytes(), registers));
    return registers;
  }
  Keyspace keyspace_{1};
};

TEST_F(StoredHyperLogLogTest, GrowsFromSparseToDenseWithoutLosingARegister) {
  for (size_t limit : {size_t{18}, size_t{300}, size_t{3000}}) {
    std::string key = "h" + std::to_string(limit);
    auto counter = StoredHyperLogLog::create(keyspace_.db(0), key);
    Registers expected{};
    bool was_dense = false;
    for (int i = 0; i < 5000; i++) {
      Place place = place_of(std::to_string(i));
      bool higher = place.rank > expected[place.index];
      auto outcome = counter.raise(place, limit);
      ASSERT_EQ(outcome, higher ? StoredHyperLogLog::Outcome::kRaised : StoredHyperLogLog::Outcome::kUnchanged);
      expected[place.index] = std::max(expected[place.index], place.rank);
      ASSERT_TRUE(is_hyperloglog(counter.bytes()));
      if (!is_dense(counter.bytes())) {
        ASSERT_FALSE(was_dense);
        ASSERT_LE(counter.bytes().size(), limit);
      }
      was_dense = is_dense(counter.bytes());
      if (i % 500 == 0) {
        ASSERT_EQ(registers_of(counter), expected) << i;
      }
    }
    EXPECT_TRUE(was_dense);
    EXPECT_EQ(registers_of(counter), expected);
  }
}

TEST_F(StoredHyperLogLogTest, TheCachedCountHoldsUntilItIsForgotten) {
  auto counter = StoredHyperLogLog::create(keyspace_.db(0), "h");
  counter.forget_count();
  EXPECT_EQ(cached_count(counter.bytes()), std::nullopt);
  counter.cache_count(12345);
  EXPECT_EQ(cached_count(counter.bytes()), 12345u);
  EXPECT_TRUE(counter.make_dense());
  EXPECT_EQ(cached_count(counter.bytes()), 12345u);
  counter.forget_count();
  EXPECT_EQ(cached_count(counter.bytes()), std::nullopt);
}

TEST_F(StoredHyperLogLogTest, CorruptRunsAreToldNotChanged) {
  std::string bytes = "HYLL" + std::string("\x01", 1) + std::string(11, '\0');
  Ref ref = keyspace_.db(0).set_string("bad", bytes);
  StoredHyperLogLog counter(keyspace_.db(0), ref);
  EXPECT_EQ(counter.raise({3, 3}, 3000), StoredHyperLogLog::Outcome::kCorrupt);
  EXPECT_EQ(counter.raise({3, 50}, 3000), StoredHyperLogLog::Outcome::kCorrupt);
  EXPECT_FALSE(counter.make_dense());
  EXPECT_EQ(counter.bytes(), bytes);
}

TEST(HyperLogLogTest, OnlyWholeOnesAreTakenForOne) {
  std::string head = "HYLL" + std::string(12, '\0');
  EXPECT_TRUE(is_hyperloglog(head + std::string(kDenseBytes, '\0')));
  EXPECT_FALSE(is_hyperloglog(head + std::string(kDenseBytes - 1, '\0')));
  EXPECT_FALSE(is_hyperloglog(head));
  head[4] = 1;
  EXPECT_TRUE(is_hyperloglog(head)) << "its runs are not looked at";
  head[4] = 2;
  EXPECT_FALSE(is_hyperloglog(head));
  EXPECT_FALSE(is_hyperloglog("HYLX" + std::string(20, '\1')));
  EXPECT_FALSE(is_hyperloglog("HYLL"));
}

}  // namespace
}  // namespace strata::db::hll
