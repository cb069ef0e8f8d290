#include "01_resp_server/server/key_finder.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace strata::resp {
namespace {

// "a:1 b:2" for the keys a and b with the flags 1 and 2, "refused" when the line is not acceptable.
std::string keys_of(const CommandSpec& spec, const std::vector<std::string_view>& line) {
  std::vector<FoundKey> found;
  if (!find_keys(spec, line, found)) return found.empty() ? "refused" : "refused, but not without a trace";
  std::string text;
  for (const FoundKey& key : found) {
    if (!text.empty()) text += ' ';
    text += std::string(line[static_cast<size_t>(key.index)]) + ":" + std::to_string(key.flags);
  }
  return text;
}

CommandSpec with_keys(int arity, std::vector<KeySpec> keys) {
  return CommandSpec{.name = "test", .arity = arity, .keys = std::move(keys)};
}

constexpr uint32_t kA = kKeyRO;
constexpr uint32_t kB = kKeyOW;

TEST(KeyFinder, IndexAndRange) {
  EXPECT_EQ(keys_of(with_keys(2, {key_at(1, kA)}), {"get", "k"}), "k:1");
  EXPECT_EQ(keys_of(with_keys(-2, {keys_in_range(1, -1, 1, kA)}), {"del", "x", "y", "z"}), "x:1 y:1 z:1");
  EXPECT_EQ(keys_of(with_keys(-3, {keys_in_range(1, -1, 2, kB)}), {"mset", "x", "1", "y", "2"}), "x:4 y:4");
  EXPECT_EQ(keys_of(with_keys(3, {key_at(1, kA), key_at(2, kB)}), {"rename", "x", "y"}), "x:1 y:4");
  EXPECT_EQ(keys_of(with_keys(-2, {keys_in_range(1, -2, 1, kA)}), {"blpop", "x", "y", "0"}), "x:1 y:1");
}

TEST(KeyFinder, KeywordAndLimit) {
  const KeySpec streams{
      .flags = kA, .begin = KeySpec::Begin::kKeyword, .index = 1, .keyword = "STREAMS", .last = -1, .limit = 2};
  const CommandSpec xread = with_keys(-4, {streams});
  EXPECT_EQ(keys_of(xread, {"xread", "count", "1", "streams", "x", "y", "0", "0"}), "x:1 y:1");
  EXPECT_EQ(keys_of(xread, {"xread", "a", "b", "c"}), "refused");
  EXPECT_EQ(keys_of(xread, {"xread", "a", "b", "streams"}), "refused");
  const KeySpec backwards{.flags = kA, .begin = KeySpec::Begin::kKeyword, .index = -2, .keyword = "KEYS", .last = -1};
  EXPECT_EQ(keys_of(with_keys(-2, {backwards}), {"migrate", "keys", "a", "KEYS", "x", "y"}), "x:1 y:1");
}

TEST(KeyFinder, NumberOfKeys) {
  const KeySpec counted{.flags = kA, .index = 2, .find = KeySpec::Find::kKeyNum, .keynum_index = 0, .first_key = 1};
  const CommandSpec zunionstore = with_keys(-4, {key_at(1, kB), counted});
  EXPECT_EQ(keys_of(zunionstore, {"zunionstore", "d", "2", "x", "y"}), "d:4 x:1 y:1");
  EXPECT_EQ(keys_of(zunionstore, {"zunionstore", "d", "1", "x", "weights"}), "d:4 x:1");
  for (std::string_view number : {"3", "0", "-1", "x", "9223372036854775807", "-9223372036854775808"}) {
    EXPECT_EQ(keys_of(zunionstore, {"zunionstore", "d", number, "x", "y"}), "refused") << number;
  }
}

TEST(KeyFinder, WhatIsNoKeyIsLeftOut) {
  const CommandSpec spublish = with_keys(3, {key_at(1, kKeyNotKey)});
  EXPECT_EQ(keys_of(spublish, {"spublish", "c", "m"}), "");
  EXPECT_FALSE(takes_keys(spublish));
  EXPECT_TRUE(takes_keys(with_keys(2, {key_at(1, kA)})));
  EXPECT_FALSE(takes_keys(with_keys(1, {})));
}

bool last_is_key(Args args, std::vector<FoundKey>& out) {
  out.push_back({static_cast<int>(args.size()) - 1, kKeyRM});
  return args.back() != "bad";
}

TEST(KeyFinder, HookAnswersWhereSpecsCannot) {
  CommandSpec varying = with_keys(-2, {key_at(1, kKeyRW | kKeyVariableFlags)});
  EXPECT_EQ(keys_of(varying, {"set", "k", "v"}), "k:1026");
  varying.find_keys = last_is_key;
  EXPECT_EQ(keys_of(varying, {"set", "k", "v"}), "v:8");
  EXPECT_EQ(keys_of(varying, {"set", "k", "bad"}), "refused");

  CommandSpec incomplete = with_keys(-2, {key_at(1, kA), key_at(1, kB | kKeyIncomplete)});
  EXPECT_EQ(keys_of(incomplete, {"sort", "k", "v"}), "refused");
  incomplete.find_keys = last_is_key;
  EXPECT_EQ(keys_of(incomplete, {"sort", "k", "v"}), "v:8");
}

TEST(KeyFinder, AppendsToWhatIsThere) {
  const std::vector<std::string_view> line{"get", "k"};
  std::vector<FoundKey> found{{7, 7}};
  ASSERT_TRUE(find_keys(with_keys(2, {key_at(1, kA)}), line, found));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].index, 7);
  EXPECT_EQ(found[1].index, 1);
}

std::string triple_of(const CommandSpec& spec) {
  const KeyTriple keys = key_triple(spec);
  return std::to_string(keys.first) + " " + std::to_string(keys.last) + " " + std::to_string(keys.step);
}

TEST(KeyFinder, Triple) {
  EXPECT_EQ(triple_of(with_keys(1, {})), "0 0 0");
  EXPECT_EQ(triple_of(with_keys(2, {key_at(1, kA)})), "1 1 1");
  EXPECT_EQ(triple_of(with_keys(-2, {keys_in_range(1, -1, 2, kA)})), "1 -1 2");
  EXPECT_EQ(triple_of(with_keys(3, {key_at(1, kA), key_at(2, kB)})), "1 2 1");
  EXPECT_EQ(triple_of(with_keys(-3, {key_at(1, kB), keys_in_range(2, -1, 1, kA)})), "1 -1 1");
  EXPECT_EQ(triple_of(with_keys(4, {key_at(1, kA), key_at(3, kB)})),
            "0 0 0");  // a gap
  const KeySpec counted{.flags = kA, .index = 2, .find = KeySpec::Find::kKeyNum};
  EXPECT_EQ(triple_of(with_keys(-3, {counted})), "0 0 0");
  EXPECT_EQ(triple_of(with_keys(-3, {key_at(1, kB), counted})), "1 1 1");
  EXPECT_TRUE(has_movable_keys(with_keys(-3, {key_at(1, kB), counted})));
  EXPECT_FALSE(has_movable_keys(with_keys(3, {key_at(1, kA), key_at(2, kB)})));
}

}  // namespace
}  // namespace strata::resp
