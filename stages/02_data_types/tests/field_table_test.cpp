// The promises of encodings/field_table.h: a map from field to value, whatever the sizes, that gives all memory back.
#include "02_data_types/encodings/field_table.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "common/random.h"

namespace strata::db {
namespace {

std::string text_of(const Entry& field) {
  Element::Digits digits;
  return std::string(element_of(field).as_text(digits));
}

std::map<std::string, std::string> contents(const FieldTable& table) {
  std::map<std::string, std::string> all;
  table.each([&](const Entry& field) { EXPECT_TRUE(all.emplace(field.key(), text_of(field)).second); });
  return all;
}

// Around every size at which a field or a value is kept in another way.
std::string random_text(Random& random) {
  static constexpr size_t kSizes[] = {0, 1, 7, 20, 21, 44, 190, 192, 193, 200, 254, 255, 256, 300, 5000};
  if (random.below(3) == 0) return std::to_string(static_cast<int64_t>(random.next() >> random.below(64)));
  return std::string(kSizes[random.below(std::size(kSizes))], static_cast<char>('a' + random.below(3)));
}

TEST(FieldTableTest, IsAMapForRandomOperationsOnValuesOfAllSizes) {
  Random random(1);
  FieldTable table;
  std::map<std::string, std::string> model;
  for (int i = 0; i < 20000; i++) {
    std::string field = random.below(2) == 0 ? random_text(random) : "field:" + std::to_string(random.below(500));
    switch (random.below(4)) {
      case 0:
        ASSERT_EQ(table.erase(field), model.erase(field) == 1) << field;
        break;
      case 1: {
        const Entry* found = table.find(field);
        ASSERT_EQ(found != nullptr, model.contains(field)) << field;
        if (found != nullptr) {
          ASSERT_EQ(text_of(*found), model[field]);
        }
        break;
      }
      default: {
        std::string value = random_text(random);
        ASSERT_EQ(table.set(field, value), !model.contains(field)) << field;
        model[field] = value;
      }
    }
    ASSERT_EQ(table.size(), model.size());
  }
  EXPECT_EQ(contents(table), model);
  EXPECT_EQ(contents(*table.clone()), model);
}

TEST(FieldTableTest, AdoptsTheBlockOfALargeValueAndReplacesItInPlace) {
  FieldTable table;
  for (char c : {'a', 'b'}) {
    std::string value(50000, c);
    resp::BigBulk block(RawString::allocate(value.size()));
    block->size = value.size();
    std::memcpy(block->data(), value.data(), value.size());
    std::string_view bytes = block->view();
    const Entry* before = table.find("f");
    table.set("f", bytes, std::move(block));
    EXPECT_EQ(element_of(*table.find("f")).text.data(), bytes.data()) << "no copy";
    if (before != nullptr) {
      EXPECT_EQ(table.find("f"), before) << "the field stays where it is";
    }
  }
  table.set("f", "short");
  EXPECT_EQ(text_of(*table.find("f")), "short");
}

TEST(FieldTableTest, NumbersTakeAsManyBytesAsTheyNeed) {
  FieldTable table;
  table.set("n", "7");
  size_t small = table.find("n")->block_bytes();
  table.set("n", "9223372036854775807");
  EXPECT_EQ(table.find("n")->block_bytes(), small + 7);
  table.set("n", "007");
  EXPECT_EQ(text_of(*table.find("n")), "007");
}

TEST(FieldTableTest, AScanSeesEveryFieldThatIsPresentThroughout) {
  FieldTable table;
  for (int i = 0; i < 3000; i++) table.set("stays" + std::to_string(i), "v");
  std::set<std::string> seen;
  uint64_t cursor = 0;
  int extra = 0;
  do {
    cursor = table.scan(cursor, [&](const Entry& field) { seen.emplace(field.key()); });
    for (int i = 0; i < 5; i++) table.set("extra" + std::to_string(extra++), "v");
  } while (cursor != 0);
  for (int i = 0; i < 3000; i++) EXPECT_TRUE(seen.contains("stays" + std::to_string(i)));
}

TEST(FieldTableTest, DismantlingGivesEveryBlockOfTheSlabBackOnce) {
  FieldTable table;
  for (int i = 0; i < 2000; i++) table.set("field" + std::to_string(i), std::string(static_cast<size_t>(i % 400), 'x'));
  size_t fields = 0;
  std::set<void*> blocks;
  std::vector<std::pair<void*, size_t>> released;
  table.each([&](const Entry&) { fields++; });
  table.dismantle([&](void* block, size_t bytes) {
    EXPECT_TRUE(blocks.insert(block).second);
    released.emplace_back(block, bytes);
  });
  EXPECT_GE(released.size(), fields);
  EXPECT_EQ(table.size(), 0u);
  for (auto [block, bytes] : released) element_slab().free(block, bytes);  // asserts that it was one of its blocks
  EXPECT_TRUE(table.set("again", "1"));
}

TEST(FieldTableTest, RandomReachesEveryField) {
  FieldTable table;
  for (int i = 0; i < 100; i++) table.set(std::to_string(i), "v");
  Random random(2);
  std::map<std::string, int> drawn;
  for (int i = 0; i < 20000; i++) drawn[std::string(table.random(random).key())]++;
  EXPECT_EQ(drawn.size(), 100u);
  for (auto& [field, times] : drawn) EXPECT_NEAR(times, 200, 100) << field;
}

TEST(FieldTableTest, MemoryIsNearTheTruthFromASample) {
  FieldTable table;
  for (int i = 0; i < 1000; i++) table.set("field:" + std::to_string(1000 + i), std::string(100, 'x'));
  size_t all = table.memory_bytes(0);
  EXPECT_GT(all, 1000u * (10 + 100));
  EXPECT_LT(all, 1000u * 160);
  EXPECT_NEAR(static_cast<double>(table.memory_bytes(5)), static_cast<double>(all), static_cast<double>(all) / 20);
}

}  // namespace
}  // namespace strata::db
