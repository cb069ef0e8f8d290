// The promises of values/hash_value.h: both encodings are the same map, and a hash changes from one to the other exactly
// at its limits.
#include "02_data_types/values/hash_value.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "01_resp_server/db/keyspace.h"

namespace strata::db {
namespace {

class HashValueTest : public testing::Test {
 protected:
  HashValueTest() {
    keyspace_.types[ValueType::kHash] = hash_type();
    entry_ = &*keyspace_.db(0).add(HashValue::empty_shape("h"));
  }
  HashValue hash() { return HashValue(*entry_); }
  bool set(const std::string& field, const std::string& value) { return hash().set(field, value, limits_); }
  std::string get(const std::string& field) {
    Element::Digits digits;
    auto value = hash().get(field);
    return value ? std::string(value->as_text(digits)) : "(none)";
  }
  std::vector<std::pair<std::string, std::string>> pairs(HashValue of) {
    std::vector<std::pair<std::string, std::string>> all;
    of.each([&](const HashField& field) {
      Element::Digits name;
      Element::Digits value;
      all.emplace_back(field.name.as_text(name), field.value.as_text(value));
    });
    return all;
  }

  Keyspace keyspace_{1};
  HashLimits limits_{.max_listpack_entries = 4, .max_listpack_value = 8};
  Entry* entry_;
};

TEST_F(HashValueTest, AListpackKeepsTheOrderInWhichFieldsWereSet) {
  set("b", "1");
  set("a", "2");
  set("10", "x");
  EXPECT_FALSE(set("b", "3"));
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(pairs(hash()), (Pairs{{"b", "3"}, {"a", "2"}, {"10", "x"}}));
  EXPECT_TRUE(hash().is_listpack());
}

TEST_F(HashValueTest, AValueIsNotMistakenForAField) {
  set("a", "b");
  EXPECT_EQ(get("b"), "(none)");
  EXPECT_FALSE(hash().erase("b"));
  EXPECT_EQ(hash().size(), 1u);
}

TEST_F(HashValueTest, OneFieldTooManyMakesATable) {
  for (int i = 0; i < 4; i++) set(std::to_string(i), "v");
  EXPECT_TRUE(hash().is_listpack());
  set("4", "v");
  EXPECT_FALSE(hash().is_listpack());
  EXPECT_EQ(hash().size(), 5u);
  for (int i = 0; i < 5; i++) EXPECT_EQ(get(std::to_string(i)), "v");
  for (int i = 0; i < 4; i++) EXPECT_TRUE(hash().erase(std::to_string(i)));
  EXPECT_FALSE(hash().is_listpack()) << "there is no way back";
}

TEST_F(HashValueTest, ALongFieldOrValueMakesATable) {
  set("12345678", "12345678");
  EXPECT_TRUE(hash().is_listpack());
  HashValue(*entry_).set("f", "123456789", limits_);
  EXPECT_FALSE(hash().is_listpack());
  EXPECT_EQ(get("f"), "123456789");
  EXPECT_EQ(get("12345678"), "12345678");

  Entry* other = &*keyspace_.db(0).add(HashValue::empty_shape("other"));
  HashValue(*other).set("long field", "1", limits_);
  EXPECT_FALSE(HashValue(*other).is_listpack());
}

TEST_F(HashValueTest, LoweredLimitsTakeEffectAtTheNextChange) {
  for (int i = 0; i < 4; i++) set(std::to_string(i), "v");
  limits_.max_listpack_entries = 2;
  EXPECT_TRUE(hash().is_listpack());
  EXPECT_FALSE(set("0", "w"));
  EXPECT_FALSE(hash().is_listpack());
}

TEST_F(HashValueTest, BothEncodingsAreTheSameMap) {
  for (int64_t entries : {int64_t{1000}, int64_t{0}}) {
    limits_ = {.max_listpack_entries = entries, .max_listpack_value = 64};
    Entry* entry = &*keyspace_.db(0).add(HashValue::empty_shape("h" + std::to_string(entries)));
    Random random(3);
    std::map<std::string, std::string> model;
    for (int i = 0; i < 5000; i++) {
      std::string field = std::to_string(random.below(60));
      if (random.below(3) == 0) {
        ASSERT_EQ(HashValue(*entry).erase(field), model.erase(field) == 1);
      } else {
        std::string value = random.below(2) == 0 ? std::to_string(random.next()) : std::string(random.below(64), 'v');
        ASSERT_EQ(HashValue(*entry).set(field, value, limits_), !model.contains(field));
        model[field] = value;
      }
      ASSERT_EQ(HashValue(*entry).size(), model.size());
    }
    auto all = pairs(HashValue(*entry));
    EXPECT_EQ((std::map<std::string, std::string>(all.begin(), all.end())), model);

    Entry::Shape copy = hash_type().copy_value(*entry);
    std::string copy_key = "copy" + std::to_string(entries);
    copy.key = copy_key;
    copy.type = ValueType::kHash;
    all = pairs(HashValue(*keyspace_.db(0).add(copy)));
    EXPECT_EQ((std::map<std::string, std::string>(all.begin(), all.end())), model);
  }
}

TEST_F(HashValueTest, RandomDrawsEveryFieldOfAListpackAlike) {
  for (const char* field : {"a", "b", "c"}) set(field, "1");
  Random random(4);
  std::map<std::string, int> drawn;
  for (int i = 0; i < 3000; i++) drawn[std::string(hash().random(random).name.text)]++;
  EXPECT_EQ(drawn.size(), 3u);
  for (auto& [field, times] : drawn) EXPECT_NEAR(times, 1000, 200) << field;
}

TEST_F(HashValueTest, AScanOfAListpackIsWhole) {
  for (const char* field : {"a", "b", "c"}) set(field, "1");
  size_t seen = 0;
  EXPECT_EQ(hash().scan(12345, [&](const HashField&) { seen++; }), 0u);
  EXPECT_EQ(seen, 3u);
}

}  // namespace
}  // namespace strata::db
