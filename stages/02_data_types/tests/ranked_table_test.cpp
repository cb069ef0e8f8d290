// The skip list and the table over the same nodes, against a std::set that keeps the order by itself.
#include "02_data_types/encodings/ranked_table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace strata::db {
namespace {

using Model = std::set<std::pair<double, std::string>>;

// Order, ranks, links in both directions and the index, all at once.
void expect_same(const RankedTable& table, const Model& model) {
  ASSERT_EQ(table.size(), model.size());
  ASSERT_EQ(table.order().size(), model.size());
  size_t rank = 0;
  const SkipListNode* node = table.order().first();
  const SkipListNode* previous = nullptr;
  for (const auto& [score, member] : model) {
    ASSERT_NE(node, nullptr);
    ASSERT_EQ(node->member(), member);
    ASSERT_EQ(node->score(), score);
    ASSERT_EQ(node->previous(), previous);
    ASSERT_EQ(table.order().at(rank), node);
    ASSERT_EQ(table.order().rank_of(node), rank);
    ASSERT_EQ(table.find(member), node);
    previous = node;
    node = node->next();
    rank++;
  }
  ASSERT_EQ(node, nullptr);
  ASSERT_EQ(table.order().last(), previous);
}

class RankedTableTest : public ::testing::Test {
 protected:
  void add(double score, const std::string& member) {
    table.insert(score, member, hash_of(member));
    model.emplace(score, member);
    scores[member] = score;
  }
  void remove(const std::string& member) {
    ASSERT_TRUE(table.remove(member));
    model.erase({scores[member], member});
    scores.erase(member);
  }
  void check() { ASSERT_NO_FATAL_FAILURE(expect_same(table, model)); }

  RankedTable table;
  Model model;
  std::map<std::string, double> scores;
  Random random{11};
};

TEST_F(RankedTableTest, StartsEmpty) {
  EXPECT_EQ(table.find("nobody"), nullptr);
  EXPECT_FALSE(table.remove("nobody"));
  check();
}

TEST_F(RankedTableTest, MembersOfEqualScoreAreInOrderOfTheirBytes) {
  for (const char* member : {"b", "", "abc", "ab", "\xff", "a"}) add(1, member);
  check();
}

TEST_F(RankedTableTest, KeepsMembersOfAnyLength) {
  for (size_t length : {0u, 1u, 2u, 254u, 255u, 256u, 70000u})
    add(static_cast<double>(length % 3), std::string(length, 'x'));
  check();
}

TEST_F(RankedTableTest, InfinitiesAreTheEnds) {
  add(HUGE_VAL, "top");
  add(0, "middle");
  add(-HUGE_VAL, "bottom");
  EXPECT_EQ(table.order().first()->member(), "bottom");
  EXPECT_EQ(table.order().last()->member(), "top");
}

TEST_F(RankedTableTest, RandomOperationsAgreeWithTheModel) {
  for (int round = 0; round < 4000; round++) {
    std::string member = "m" + std::to_string(random.below(300));
    auto score = static_cast<double>(random.below(50));
    auto known = scores.find(member);
    if (known == scores.end()) {
      add(score, member);
    } else if (random.below(3) > 0) {
      table.set_score(table.find(member), score);
      model.erase({known->second, member});
      model.emplace(score, member);
      known->second = score;
    } else {
      remove(member);
    }
    if (round % 100 == 0) {
      ASSERT_NO_FATAL_FAILURE(expect_same(table, model));
    }
  }
  check();
  while (!scores.empty()) remove(scores.begin()->first);
  check();
}

TEST_F(RankedTableTest, RemovesStretchesOfRanks) {
  for (int i = 0; i < 500; i++) add(i / 7, "m" + std::to_string(i));
  while (!model.empty()) {
    size_t rank = random.below(model.size());
    size_t n = 1 + random.below(std::min<size_t>(model.size() - rank, 40));
    if (random.below(2) == 0) rank = 0;
    table.remove(rank, n);
    auto from = std::next(model.begin(), static_cast<ptrdiff_t>(rank));
    model.erase(from, std::next(from, static_cast<ptrdiff_t>(n)));
    ASSERT_NO_FATAL_FAILURE(expect_same(table, model));
  }
}

TEST_F(RankedTableTest, CountsAFirstPart) {
  for (int i = 0; i < 200; i++) add(i, "m" + std::to_string(i));
  for (double bound : {-1.0, 0.0, 0.5, 77.0, 199.0, 1000.0}) {
    size_t expected = 0;
    for (const auto& [score, member] : model) expected += score < bound;
    EXPECT_EQ(table.order().count_while([&](const SkipListNode& node) { return node.score() < bound; }), expected);
  }
}

TEST_F(RankedTableTest, IsFilledWithoutOrderFirst) {
  for (int i = 0; i < 300; i++) {
    std::string member = "m" + std::to_string(random.below(120));
    auto score = static_cast<double>(random.below(9));
    Hash hash = hash_of(member);
    if (SkipListNode* node = table.find(member, hash)) {
      node->set_score(score);
    } else {
      table.add_unordered(score, member, hash);
    }
    scores[member] = score;
  }
  table.discard_unordered("m1");
  table.discard_unordered("never there");
  scores.erase("m1");
  for (const auto& [member, score] : scores) model.emplace(score, member);
  table.order_all();
  check();
}

TEST_F(RankedTableTest, AddsInFront) {
  for (int i = 300; i > 0; i--) {
    std::string member = "m" + std::to_string(i);
    table.insert_first(i, member);
    model.emplace(i, member);
  }
  check();
}

TEST_F(RankedTableTest, GivesBackEveryBlock) {
  auto before = *SlabAllocator::used_memory_adjustment();
  size_t released = 0;
  {
    RankedTable doomed;
    for (int i = 0; i < 1000; i++) {
      std::string member = "member " + std::to_string(i);
      doomed.insert(i, member, hash_of(member));
    }
    doomed.dismantle([&](void* block, size_t bytes) {
      released++;
      element_slab().free(block, bytes);
    });
  }
  EXPECT_GT(released, 1000u);  // the nodes, the head, overflow buckets
  // What is left of the slab's pages is what a class keeps for the next block.
  EXPECT_LE(before - *SlabAllocator::used_memory_adjustment(), static_cast<int64_t>(64 * SlabAllocator::kPageBytes));
}

TEST(SkipListNode, IsSmall) {
  // Score, two references, two lengths: 22 bytes besides the member, on average 3.3 more for the upper levels.
  SkipListNode* node = SkipListNode::create(element_slab(), 1.5, "0123456789", 1);
  EXPECT_EQ(node->block_bytes(), 32u);
  EXPECT_EQ(node->next(), nullptr);
  node->destroy(element_slab());
  size_t levels = 0;
  constexpr size_t kNodes = 20000;
  for (size_t i = 0; i < kNodes; i++) {
    node = SkipList::make(0, "x");
    levels += node->levels();
    node->destroy(element_slab());
  }
  EXPECT_NEAR(static_cast<double>(levels) / kNodes, 4.0 / 3, 0.05);
}

}  // namespace
}  // namespace strata::db
