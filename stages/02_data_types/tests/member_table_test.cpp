// MemberTable against a std::set of strings: members of all lengths, and that no block is lost.
#include "02_data_types/encodings/member_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

namespace strata::db {

namespace {

std::set<std::string> contents(const MemberTable& table) {
  std::set<std::string> all;
  table.each([&](const Member* member) { EXPECT_TRUE(all.emplace(member->text()).second); });
  return all;
}

std::string random_text(std::mt19937_64& random) {
  const size_t lengths[] = {0, 1, 16, 40, 253, 254, 255, 256, 257, 1000, 70000};
  std::string text(lengths[random() % std::size(lengths)], 'm');
  for (size_t i = 0; i < text.size() && i < 10; i++) text[i] = static_cast<char>('a' + random() % 2);
  return text;
}

}  // namespace

TEST(MemberTable, BehavesAsASetOfStrings) {
  std::mt19937_64 random(1);
  MemberTable table;
  std::set<std::string> model;
  for (int step = 0; step < 30000; step++) {
    std::string text = random() % 4 == 0 ? random_text(random) : "member" + std::to_string(random() % 3000);
    switch (random() % 3) {
      case 0:
        ASSERT_EQ(table.add(text), model.insert(text).second);
        break;
      case 1:
        ASSERT_EQ(table.remove(text), model.erase(text) == 1);
        break;
      default:
        ASSERT_EQ(table.contains(text), model.contains(text));
    }
    ASSERT_EQ(table.size(), model.size());
  }
  EXPECT_EQ(contents(table), model);
  MemberTable copy;
  table.copy_to(copy);
  EXPECT_EQ(contents(copy), model);
}

TEST(MemberTable, RemovesAMemberNamedByItsOwnBytes) {
  MemberTable table;
  table.add("one");
  table.add(std::string(300, 'x'));
  Random random(1);
  while (table.size() > 0) EXPECT_TRUE(table.remove(table.random(random)->text()));
}

TEST(MemberTable, DismantleGivesEveryBlockBackOnce) {
  MemberTable table;
  std::mt19937_64 random(2);
  size_t wanted = 0;
  for (int i = 0; i < 5000; i++) {
    std::string text = std::to_string(i) + random_text(random);
    table.add(text);
    wanted += text.size() + (text.size() < 255 ? 1 : 5);
  }
  std::map<void*, size_t> released;
  size_t bytes_of_members = 0;
  table.dismantle([&](void* block, size_t bytes) {
    EXPECT_TRUE(released.emplace(block, bytes).second);
    if (bytes != sizeof(Bucket)) bytes_of_members += bytes;
  });
  EXPECT_EQ(bytes_of_members, wanted);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_TRUE(contents(table).empty());
  for (auto [block, bytes] : released) element_slab().free(block, bytes);
}

TEST(MemberTable, IsScannedCompletely) {
  MemberTable table;
  std::set<std::string> model;
  for (int i = 0; i < 2000; i++) {
    table.add(std::to_string(i));
    model.insert(std::to_string(i));
  }
  std::set<std::string> seen;
  uint64_t cursor = 0;
  do {
    cursor = table.scan(cursor, [&](const Member* member) { seen.emplace(member->text()); });
  } while (cursor != 0);
  EXPECT_EQ(seen, model);
}

}  // namespace strata::db
