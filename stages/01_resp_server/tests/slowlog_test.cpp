// Guards what the slow log keeps of a command: how arguments are cut, that secrets stay out, how many entries
// stay.
#include "01_resp_server/server/slowlog.h"

#include <gtest/gtest.h>

namespace strata::resp {
namespace {

using Views = std::vector<std::string_view>;

TEST(Slowlog, ShortCommandsAreKeptWhole) {
  Views args = {"set", "key", ""};
  EXPECT_EQ(Slowlog::cut(args, nullptr), (std::vector<std::string>{"set", "key", ""}));
}

TEST(Slowlog, LongArgumentsTellHowMuchIsMissing) {
  std::string at_limit(128, 'a');
  std::string over(129, 'b');
  Views args = {"echo", at_limit, over};
  auto kept = Slowlog::cut(args, nullptr);
  EXPECT_EQ(kept[1], at_limit);
  EXPECT_EQ(kept[2], std::string(128, 'b') + "... (1 more bytes)");
}

TEST(Slowlog, ManyArgumentsEndWithHowManyAreMissing) {
  Views args(32, "x");
  EXPECT_EQ(Slowlog::cut(args, nullptr).size(), 32u);
  EXPECT_EQ(Slowlog::cut(args, nullptr).back(), "x");
  args.push_back("x");
  auto kept = Slowlog::cut(args, nullptr);
  ASSERT_EQ(kept.size(), 32u);
  EXPECT_EQ(kept.back(), "... (2 more arguments)");
}

TEST(Slowlog, SecretsAreReplacedBeforeTheyAreCut) {
  std::string password(500, 'p');
  Views args = {"auth", password};
  auto kept = Slowlog::cut(args, [](Args, size_t i) { return i > 0; });
  EXPECT_EQ(kept, (std::vector<std::string>{"auth", "(redacted)"}));
}

TEST(Slowlog, KeepsTheNewestEntriesAndGoesOnCounting) {
  Server server;
  auto client = server.clients.make_internal();
  CommandSpec spec{.name = "get", .arity = 2, .full_name = "get"};
  Slowlog log;
  log.most_entries = 3;
  for (const char* key : {"a", "b", "c", "d"}) {
    Views args = {"get", key};
    log.add(*client, spec, args, 11000);
  }
  ASSERT_EQ(log.entries().size(), 3u);
  EXPECT_EQ(log.entries().front().id, 3u);
  EXPECT_EQ(log.entries().front().args.back(), "d");
  EXPECT_EQ(log.entries().back().args.back(), "b");
  log.reset();
  log.add(*client, spec, Views{"get", "e"}, 11000);
  EXPECT_EQ(log.entries().front().id, 4u);
}

TEST(Slowlog, IsSilentWhenOffAndForCommandsThatLogThemselves) {
  Server server;
  auto client = server.clients.make_internal();
  CommandSpec spec{.name = "get", .arity = 2, .full_name = "get"};
  CommandSpec exec{.name = "exec", .arity = 1, .flags = kSkipSlowlog, .full_name = "exec"};
  Slowlog log;
  log.add(*client, exec, Views{"exec"}, 1000000);
  log.threshold_us = -1;
  log.add(*client, spec, Views{"get", "k"}, 1000000);
  log.threshold_us = 0;
  log.most_entries = 0;
  log.add(*client, spec, Views{"get", "k"}, 1000000);
  EXPECT_TRUE(log.entries().empty());
}

}  // namespace
}  // namespace strata::resp
