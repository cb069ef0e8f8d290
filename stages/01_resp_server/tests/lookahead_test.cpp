// server/lookahead.h: finds the keys of whole commands, stops at anything else, and never reads beyond the input.
#include "01_resp_server/server/lookahead.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "01_resp_server/server/command_table.h"

namespace strata::resp {
namespace {

using Keys = std::vector<std::string>;

class LookaheadTest : public testing::Test {
 protected:
  LookaheadTest() {
    commands_.add({.name = "get", .arity = 2, .keys = {key_at(1, kKeyRO)}});
    commands_.add({.name = "mset", .arity = -3, .keys = {keys_in_range(1, -1, 2, kKeyOW)}});
    commands_.add({.name = "ping", .arity = -1});
    commands_.add({.name = "zadd", .arity = -4, .keys = {key_at(1, kKeyRW)}, .member = 3});
  }
  Keys keys_in(const std::string& input) {
    // A copy of exactly this size: a sanitizer sees a read beyond it.
    std::vector<char> bytes(input.begin(), input.end());
    Keys keys;
    for (auto& lookup : lookahead_.lookups_in({bytes.data(), bytes.size()})) {
      keys.emplace_back(lookup.key);
      if (!lookup.member.empty()) keys.back() += "/" + std::string(lookup.member);
    }
    return keys;
  }
  static std::string command(const Keys& words) {
    std::string out = "*" + std::to_string(words.size()) + "\r\n";
    for (const auto& word : words) out += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    return out;
  }

  CommandTable commands_;
  Lookahead lookahead_{commands_};
};

TEST_F(LookaheadTest, FindsTheKeysOfEveryWholeCommand) {
  std::string input =
      command({"GET", "a"}) + command({"PING"}) + command({"mset", "b", "1", "c", "2"}) + command({"nosuch", "d"});
  EXPECT_EQ(keys_in(input), (Keys{"a", "b", "c"}));
  EXPECT_EQ(lookahead_.commands(), 4u);
}

TEST_F(LookaheadTest, TellsWhichMemberIsLookedUp) {
  EXPECT_EQ(keys_in(command({"ZADD", "z", "1", "m"}) + command({"ZADD", "z", "1"})), (Keys{"z/m", "z"}));
}

TEST_F(LookaheadTest, ACutInputGivesTheCommandsThatAreWhole) {
  std::string first = command({"GET", "a"});
  std::string input = first + command({"GET", "bb"});
  for (size_t length = 0; length < input.size(); length++) {
    EXPECT_EQ(keys_in(input.substr(0, length)), length < first.size() ? Keys{} : Keys{"a"}) << length;
  }
  EXPECT_EQ(keys_in(input), (Keys{"a", "bb"}));
}

TEST_F(LookaheadTest, StopsAtWhatIsNotPlainMultibulk) {
  for (const char* odd : {"PING\r\n", "*-1\r\n", "*0\r\n", "*1\r\n$-1\r\n", "*x\r\n", "*99999999999\r\n",
                          "*1\r\n$99999999999\r\n", "\r\n"}) {
    EXPECT_EQ(keys_in(command({"GET", "a"}) + odd + command({"GET", "b"})), Keys{"a"}) << odd;
  }
}

TEST_F(LookaheadTest, LooksAtABoundedNumberOfCommandsAndKeys) {
  std::string input;
  for (int i = 0; i < 1000; i++) input += command({"GET", std::to_string(i)});
  EXPECT_EQ(keys_in(input).size(), Lookahead::kCommands);
  Keys wide = {"mset"};
  for (int i = 0; i < 30; i++) wide.insert(wide.end(), {std::to_string(i), "v"});
  input.clear();
  for (int i = 0; i < 20; i++) input += command(wide);
  EXPECT_EQ(keys_in(input).size(), Lookahead::kKeys);
}

}  // namespace
}  // namespace strata::resp
