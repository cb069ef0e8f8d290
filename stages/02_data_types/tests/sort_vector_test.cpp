// SortVector and SortPattern: every stretch of a sort, and what patterns find.
#include "02_data_types/commands/sort_vector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "01_resp_server/db/keyspace.h"
#include "02_data_types/values/hash_value.h"

namespace strata::db {
namespace {

class SortTest : public ::testing::Test {
 protected:
  SortTest() : keyspace(1), database(keyspace.db(0)) { keyspace.types[ValueType::kHash] = hash_type(); }

  static std::string text_of(const Element& element) {
    Element::Digits digits;
    return std::string(element.as_text(digits));
  }
  std::string find(std::string_view pattern, const Element& member) {
    SortPattern sort_pattern(pattern);
    sort_pattern.prefetch(database, {&member, 1});
    std::optional<Element> found = sort_pattern.find(database, member);
    return found ? text_of(*found) : "(none)";
  }

  Keyspace keyspace;
  Database& database;
};

TEST_F(SortTest, EveryStretchIsThatOfTheWholeSort) {
  std::mt19937_64 random(1);
  std::vector<std::string> members;
  for (int i = 0; i < 60; i++) members.push_back(std::to_string(static_cast<int>(random() % 40) - 20));
  std::vector<std::string> ordered = members;
  std::sort(ordered.begin(), ordered.end(), [](auto& a, auto& b) { return std::stoi(a) < std::stoi(b); });
  for (bool descending : {false, true}) {
    for (size_t first = 0; first <= members.size(); first++) {
      for (size_t count = 0; first + count <= members.size(); count += 7) {
        SortVector vector;
        for (const std::string& member : members) vector.add(Element::of(std::string_view(member)));
        ASSERT_TRUE(vector.weigh_as_numbers(database, nullptr));
        vector.sort(first, count, descending);
        for (size_t i = first; i < first + count; i++) ASSERT_EQ(text_of(vector[i]), ordered[i]);
      }
    }
    std::reverse(ordered.begin(), ordered.end());
  }
}

TEST_F(SortTest, NumbersOfAllKindsKeepTheirOrder) {
  const std::vector<std::string> ordered = {
      "-inf", "-1e300", "-9223372036854775808", "-1",    "-1e-300", "-0", "0", "1e-300",
      "0.1",  "1",      "9223372036854775807",  "1e300", "inf"};
  SortVector vector;
  for (auto text = ordered.rbegin(); text != ordered.rend(); ++text) vector.add(Element::of(std::string_view(*text)));
  ASSERT_TRUE(vector.weigh_as_numbers(database, nullptr));
  vector.sort(0, vector.size(), false);
  for (size_t i = 0; i < ordered.size(); i++) EXPECT_EQ(text_of(vector[i]), ordered[i]);
}

TEST_F(SortTest, TextsCompareBeyondTheirRank) {
  const std::vector<std::string> ordered = {"", "a", "abcdefgh", "abcdefgh1", "abcdefgh2", "abcdefgi", "\xff"};
  SortVector vector;
  for (auto text = ordered.rbegin(); text != ordered.rend(); ++text) vector.add(Element::of(std::string_view(*text)));
  vector.weigh_as_texts(database, nullptr, TextOrder::kBytes);
  vector.sort(0, vector.size(), false);
  for (size_t i = 0; i < ordered.size(); i++) EXPECT_EQ(text_of(vector[i]), ordered[i]);
}

TEST_F(SortTest, OnlyTheOrderOfBytesLooksBehindAZero) {
  const std::string first("a\0z", 3);
  const std::string second("a\0b", 3);
  for (TextOrder order : {TextOrder::kBytes, TextOrder::kLocale}) {
    SortVector vector;
    vector.add(Element::of(std::string_view(first)));
    vector.add(Element::of(std::string_view(second)));
    vector.weigh_as_texts(database, nullptr, order);
    vector.sort(0, 2, false);
    EXPECT_EQ(text_of(vector[0]), order == TextOrder::kBytes ? second : first);
  }
}

TEST_F(SortTest, ABorrowedElementIsKeptWhenItsBytesWillNotLast) {
  SortVector vector;
  std::string passing = "passing";
  vector.add(Element::of(std::string_view(passing)), false);
  passing = "changed";
  EXPECT_EQ(text_of(vector[0]), "passing");
}

TEST_F(SortTest, PatternsFindStringsAndFields) {
  database.set_string("w_7", "text");
  database.set_string("w_8", "42");
  Ref hash = database.add(HashValue::empty_shape("h_7"));
  HashValue(*hash).set("field", "value", {.max_listpack_entries = 10, .max_listpack_value = 64});
  const Element member = Element::of(int64_t{7});
  EXPECT_EQ(find("#", member), "7");
  EXPECT_EQ(find("w_*", member), "text");
  EXPECT_EQ(find("w_*", Element::of(std::string_view("8"))), "42");
  EXPECT_EQ(find("w_*", Element::of(std::string_view("9"))), "(none)");
  EXPECT_EQ(find("h_*->field", member), "value");
  EXPECT_EQ(find("h_*->other", member), "(none)");
  EXPECT_EQ(find("h_*", member), "(none)");
  EXPECT_EQ(find("w_*->field", member), "(none)");
  EXPECT_EQ(find("h_*->", member), "(none)");
  EXPECT_EQ(find("w_7", member), "(none)");
  EXPECT_EQ(find(std::string_view("\0*", 2), member), "(none)");
  EXPECT_FALSE(SortPattern("w_7").has_placeholder());
  EXPECT_TRUE(SortPattern("*->x").has_placeholder());
}

}  // namespace
}  // namespace strata::db
