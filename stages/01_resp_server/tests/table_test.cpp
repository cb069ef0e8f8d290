// The promises of db/table.h: find what was inserted, memory that follows the number of items, a scan that misses
// nothing, one bucket per lookup in the middle of a rehash.
#include "01_resp_server/db/table.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

namespace strata::db {
namespace {

struct Item {
  std::string key;
};
struct ItemTraits {
  using Item = db::Item;
  static std::string_view key(const Item* item) { return item->key; }
};

class TableTest : public testing::Test {
 protected:
  Item* add(const std::string& key) {
    auto& item = items_[key] = std::make_unique<Item>(Item{key});
    table_.insert(item.get(), hash_of(key));
    return item.get();
  }
  bool remove(const std::string& key) {
    Hash hash = hash_of(key);
    auto at = table_.find(key, hash);
    if (!at) return false;
    EXPECT_EQ(table_.remove(at, hash)->key, key);
    items_.erase(key);
    return true;
  }
  bool has(const std::string& key) { return static_cast<bool>(table_.find(key, hash_of(key))); }
  static std::string key(int i) { return "key:" + std::to_string(i); }

  SlabAllocator slab_;
  Table<ItemTraits> table_{slab_};
  std::map<std::string, std::unique_ptr<Item>> items_;
  Random random_;
};

TEST_F(TableTest, FindsEveryKeyAtEverySizeWhileGrowing) {
  for (int i = 0; i < 3000; i++) {
    add(key(i));
    ASSERT_EQ(table_.size(), static_cast<size_t>(i + 1));
    ASSERT_TRUE(has(key(i)));
    ASSERT_TRUE(has(key(i / 2)));
    ASSERT_FALSE(has(key(i + 1)));
  }
  for (int i = 0; i < 3000; i++) ASSERT_TRUE(has(key(i))) << i;
}

TEST_F(TableTest, FindsEveryKeyInEveryStepOfARehashInBothDirections) {
  for (int i = 0; i < 20000; i++) add(key(i));
  bool seen_growing = false;
  for (int i = 20000; i < 40000; i++) {
    add(key(i));
    if (!table_.rehashing()) continue;
    seen_growing = true;
    ASSERT_TRUE(has(key(static_cast<int>(random_.below(static_cast<uint64_t>(i))))));
  }
  EXPECT_TRUE(seen_growing);
  size_t largest = table_.bucket_count();
  bool seen_shrinking = false;
  for (int i = 39999; i >= 100; i--) {
    ASSERT_TRUE(remove(key(i)));
    seen_shrinking |= table_.rehashing() && table_.bucket_count() == largest;
    ASSERT_TRUE(has(key(static_cast<int>(random_.below(static_cast<uint64_t>(i))))));
    ASSERT_FALSE(has(key(i)));
  }
  EXPECT_TRUE(seen_shrinking);
  while (table_.rehash(100)) {
  }
  EXPECT_LT(table_.bucket_count(), 200u) << "a table that was emptied keeps little";
  for (int i = 0; i < 100; i++) EXPECT_TRUE(has(key(i)));
}

TEST_F(TableTest, AgreesWithAMapUnderRandomInsertsAndRemovals) {
  std::set<std::string> model;
  for (int step = 0; step < 200000; step++) {
    // Waves: mostly insertions, then mostly removals.
    bool insert = random_.below(100) < ((step / 20000) % 2 == 0 ? 70u : 30u);
    std::string name = key(static_cast<int>(random_.below(30000)));
    if (insert && !model.contains(name)) {
      add(name);
      model.insert(name);
    } else if (!insert) {
      ASSERT_EQ(remove(name), model.erase(name) == 1);
    }
    ASSERT_EQ(table_.size(), model.size());
  }
  std::set<std::string> seen;
  table_.each([&](Item* item) { EXPECT_TRUE(seen.insert(item->key).second) << "visited twice: " << item->key; });
  EXPECT_EQ(seen, model);
}

TEST_F(TableTest, MemoryFollowsTheNumberOfItems) {
  for (int i = 0; i < 300000; i++) {
    add(key(i));
    if (i > 10000 && i % 1000 == 0) {
      double per_item = static_cast<double>(table_.memory_bytes()) / static_cast<double>(table_.size());
      ASSERT_LT(per_item, 14.0) << "at " << i << " items" << (table_.rehashing() ? ", rehashing" : "");
    }
  }
}

TEST_F(TableTest, ScanSeesEveryKeyOnceInATableAtRest) {
  for (int i = 0; i < 5000; i++) add(key(i));
  std::multiset<std::string> seen;
  uint64_t cursor = 0;
  do {
    cursor = table_.scan(cursor, [&](Item* item) { seen.insert(item->key); });
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), 5000u);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 5000u);
}

TEST_F(TableTest, ScanMissesNoKeyThatIsPresentThroughoutWhateverElseHappens) {
  for (int round = 0; round < 20; round++) {
    for (int i = 0; i < 2000; i++) {
      if (!has(key(i))) add(key(i));
    }
    std::multiset<std::string> seen;
    uint64_t cursor = 0;
    int other = 100000;
    do {
      cursor = table_.scan(cursor, [&](Item* item) { seen.insert(item->key); });
      // Growth in even rounds, shrinking of what was added before in odd ones, both mixed with rehash steps.
      for (int i = 0; i < 30; i++) {
        if (round % 2 == 0) {
          add(key(other++ + round * 100000));
        } else {
          remove(key(other++ + (round - 1) * 100000));
        }
      }
    } while (cursor != 0);
    for (int i = 0; i < 2000; i++) ASSERT_EQ(seen.count(key(i)), 1u) << key(i) << " in round " << round;
  }
}

TEST_F(TableTest, BucketAfterBucketTheWholeTableIsVisitedAlsoAmidARehash) {
  for (int i = 0; i < 6000; i++) {
    add(key(i));
    if (i % 97 != 0) continue;
    std::set<std::string> seen;
    for (uint64_t place = 0; place < Hash::kPlaces;) {
      uint64_t next = table_.visit_bucket(place, [&](Item* item) { seen.insert(item->key); });
      ASSERT_GT(next, place);
      place = next;
    }
    ASSERT_EQ(seen.size(), items_.size());
  }
}

TEST_F(TableTest, ScanEndsForAnyCursor) {
  for (int i = 0; i < 1000; i++) add(key(i));
  for (uint64_t cursor : {uint64_t{1}, Hash::kPlaces - 1, Hash::kPlaces, ~uint64_t{0}, uint64_t{1} << 40}) {
    int steps = 0;
    do {
      cursor = table_.scan(cursor, [](Item*) {});
      ASSERT_LT(++steps, 2000);
    } while (cursor != 0);
  }
}

TEST_F(TableTest, RandomReachesAllKeysAboutEquallyOften) {
  constexpr int kKeys = 200;
  constexpr int kDraws = 200000;
  for (int i = 0; i < kKeys; i++) add(key(i));
  std::map<std::string, int> drawn;
  for (int i = 0; i < kDraws; i++) drawn[table_.random(random_)->key]++;
  ASSERT_EQ(drawn.size(), static_cast<size_t>(kKeys));
  for (auto& [name, count] : drawn) {
    EXPECT_GT(count, kDraws / kKeys / 2) << name;
    EXPECT_LT(count, kDraws / kKeys * 2) << name;
  }
}

TEST_F(TableTest, AnEmptyTableHoldsNothingAndCostsNothing) {
  EXPECT_EQ(table_.memory_bytes(), 0u);
  EXPECT_FALSE(has("a"));
  EXPECT_EQ(table_.random(random_), nullptr);
  EXPECT_EQ(table_.scan(0, [](Item*) { FAIL(); }), 0u);
  add("a");
  remove("a");
  EXPECT_FALSE(has("a"));
  table_.clear();
  EXPECT_EQ(table_.memory_bytes(), 0u);
}

TEST_F(TableTest, RoomThatWasReservedIsNotRehashed) {
  table_.reserve(10000);
  size_t buckets = table_.bucket_count();
  for (int i = 0; i < 10000; i++) {
    add(key(i));
    ASSERT_FALSE(table_.rehashing());
  }
  EXPECT_EQ(table_.bucket_count(), buckets);
  for (int i = 0; i < 10000; i++) ASSERT_TRUE(has(key(i)));
}

TEST_F(TableTest, WithoutResizingItStillTakesAndFindsEverything) {
  for (int i = 0; i < 1000; i++) add(key(i));
  while (table_.rehash(1)) {
  }
  size_t buckets = table_.bucket_count();
  TableResizing::allow(false);
  for (int i = 1000; i < 1500; i++) add(key(i));
  EXPECT_EQ(table_.bucket_count(), buckets);
  for (int i = 0; i < 1500; i++) ASSERT_TRUE(has(key(i)));
  TableResizing::allow(true);
}

}  // namespace
}  // namespace strata::db
