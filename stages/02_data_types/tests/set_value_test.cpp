// SetValue: encodings and when they change, chance, and members of several sets.
#include "02_data_types/values/set_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "02_data_types/values/set_algebra.h"

namespace strata::db {

namespace {

const SetLimits kLimits;

std::string text_of(const Element& member) {
  Element::Digits digits;
  return std::string(member.as_text(digits));
}

std::set<std::string> contents(const SetValue& set) {
  std::set<std::string> all;
  set.each([&](const Element& member) { EXPECT_TRUE(all.insert(text_of(member)).second); });
  return all;
}

NewSet numbers(int from, int to) {
  NewSet set;
  for (int i = from; i < to; i++) set->add(std::to_string(i), kLimits);
  return set;
}

NewSet words(int from, int to) {
  NewSet set = NewSet::for_member("word");
  for (int i = from; i < to; i++) set->add("word" + std::to_string(i), kLimits);
  return set;
}

// An entry of no database.
struct LoneEntry {
  explicit LoneEntry(NewSet set) : entry(Entry::create(slab, set.release("key"))) {}
  ~LoneEntry() {
    SetValue(*entry).destroy();
    entry->destroy(slab);
  }
  SlabAllocator slab;
  Entry* entry;
};

}  // namespace

TEST(SetValue, NumbersStayAnIntsetUpToTheLimit) {
  LoneEntry lone{NewSet()};
  const SetLimits limits{.max_intset_entries = 3};
  SetValue set(*lone.entry);
  for (const char* number : {"3", "-1", "3", "70000"}) set.add(number, limits);
  EXPECT_TRUE(set.is_intset());
  EXPECT_EQ(set_type().encoding_name(*lone.entry), "intset");
  EXPECT_TRUE(set.add("9223372036854775807", limits));
  EXPECT_FALSE(set.is_intset());
  EXPECT_EQ(set_type().encoding_name(*lone.entry), "hashtable");
  EXPECT_EQ(contents(SetValue(*lone.entry)), (std::set<std::string>{"-1", "3", "70000", "9223372036854775807"}));
}

TEST(SetValue, OnlyCanonicalNumbersAreNumbers) {
  for (const char* text : {"", "01", "+1", " 1", "1 ", "-0", "1.0", "9223372036854775808", "word"}) {
    NewSet set;
    set->add("1", kLimits);
    EXPECT_FALSE(set->contains(text)) << text;
    EXPECT_FALSE(set->remove(text)) << text;
    EXPECT_TRUE(set->is_intset());
    EXPECT_TRUE(set->add(text, kLimits)) << text;
    EXPECT_FALSE(set->is_intset()) << text;
    EXPECT_TRUE(set->contains(text) && set->contains("1"));
  }
}

TEST(SetValue, ElementsOfOneEncodingAreFoundInTheOther) {
  NewSet table = words(0, 3);
  EXPECT_TRUE(table->add(Element::of(int64_t{7}), kLimits));
  EXPECT_TRUE(table->contains("7"));
  EXPECT_TRUE(table->remove(Element::of(int64_t{7})));
  NewSet intset = numbers(0, 3);
  EXPECT_TRUE(intset->add(Element::of(std::string_view("3")), kLimits));
  EXPECT_TRUE(intset->remove(Element::of(std::string_view("0"))));
  EXPECT_EQ(contents(*intset), (std::set<std::string>{"1", "2", "3"}));
}

TEST(SetValue, CopiesAreDeep) {
  for (bool intset : {true, false}) {
    NewSet set = intset ? numbers(0, 100) : words(0, 100);
    NewSet copy = NewSet::copy_of(*set);
    EXPECT_EQ(contents(*copy), contents(*set));
    while (!set->empty()) {
      Random random(1);
      set->remove(set->random(random));
    }
    EXPECT_EQ(copy->size(), 100u);
  }
}

TEST(SetValue, ReplacingGivesTheEntryTheOtherEncoding) {
  LoneEntry lone(words(0, 10));
  SetValue set(*lone.entry);
  numbers(0, 2).replace(set);
  EXPECT_TRUE(SetValue(*lone.entry).is_intset());
  EXPECT_EQ(contents(SetValue(*lone.entry)), (std::set<std::string>{"0", "1"}));
}

TEST(SetValue, VisitingStopsWhenAskedTo) {
  for (bool intset : {true, false}) {
    NewSet set = intset ? numbers(0, 500) : words(0, 500);
    size_t seen = 0;
    set->each_while([&](const Element&) { return ++seen < 5; });
    EXPECT_EQ(seen, 5u);
    std::set<std::string> all;
    set->each_while([&](const Element& member) { return all.insert(text_of(member)).second; });
    EXPECT_EQ(all, contents(*set));
  }
}

TEST(SetValue, SampleIsFairAndDistinct) {
  Random random(7);
  for (bool intset : {true, false}) {
    NewSet set = intset ? numbers(0, 30) : words(0, 30);
    for (size_t count : {size_t{1}, size_t{5}, size_t{10}, size_t{11}, size_t{29}, size_t{30}, size_t{40}}) {
      constexpr size_t kRounds = 3000;
      std::map<std::string, size_t> drawn;
      for (size_t round = 0; round < kRounds; round++) {
        std::set<std::string> sample;
        set->sample(count, random, [&](const Element& member) { EXPECT_TRUE(sample.insert(text_of(member)).second); });
        ASSERT_EQ(sample.size(), std::min<size_t>(count, 30));
        for (const std::string& member : sample) drawn[member]++;
      }
      // Six standard deviations around what is expected.
      double p = std::min(1.0, static_cast<double>(count) / 30);
      double slack = 6 * std::sqrt(kRounds * p * (1 - p));
      EXPECT_EQ(drawn.size(), 30u);
      for (auto& [member, times] : drawn) EXPECT_NEAR(static_cast<double>(times), kRounds * p, slack) << member;
    }
  }
}

TEST(SetValue, SplitChoosesExactlySoMany) {
  Random random(3);
  NewSet set = words(0, 100);
  std::set<std::string> chosen;
  std::set<std::string> others;
  set->split(93, random, [&](const Element& member, bool yes) { (yes ? chosen : others).insert(text_of(member)); });
  EXPECT_EQ(chosen.size(), 93u);
  EXPECT_EQ(others.size(), 7u);
}

TEST(SetAlgebra, FiltersAsItsDefinitionSays) {
  // Sets of both encodings that share some members.
  std::vector<NewSet> sets;
  sets.push_back(numbers(0, 100));
  sets.push_back(numbers(50, 53));
  sets.push_back(words(0, 90));
  for (int i = 40; i < 140; i++) sets[2]->add(std::to_string(i), kLimits);
  sets.push_back(words(85, 200));
  sets[3]->add("50", kLimits);
  sets.emplace_back();
  for (auto& source : sets) {
    for (auto& second : sets) {
      for (auto& third : sets) {
        for (bool present : {true, false}) {
          std::set<std::string> wanted;
          for (const std::string& member : contents(*source)) {
            if (second->contains(member) == present && third->contains(member) == present) wanted.insert(member);
          }
          for (size_t limit : {size_t{0}, size_t{1}, size_t{40}}) {
            std::set<std::string> got;
            const SetValue others[] = {*second, *third};
            filter_members(*source, others, present, limit,
                           [&](const Element& member) { EXPECT_TRUE(got.insert(text_of(member)).second); });
            EXPECT_EQ(got.size(), limit == 0 ? wanted.size() : std::min(limit, wanted.size()));
            for (const std::string& member : got) EXPECT_TRUE(wanted.contains(member));
          }
        }
      }
    }
  }
}

}  // namespace strata::db
