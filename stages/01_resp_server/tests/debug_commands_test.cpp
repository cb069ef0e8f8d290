// Guards DEBUG's table of words: arity, the usual error, help, and that a later stage can replace a word.
#include "01_resp_server/commands/debug_commands.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "01_resp_server/server/server.h"

namespace strata::resp {
namespace {

class DebugCommandsTest : public testing::Test {
 protected:
  std::string run(std::vector<std::string_view> args) {
    auto client = server_.clients.make_internal();
    debug_.run(*client, args);
    std::string out;
    client->out.each_piece([&out](std::string_view piece) { out += piece; });
    return out;
  }

  Server server_;
  DebugCommands debug_;
};

constexpr std::string_view kRefused =
    "-ERR unknown subcommand or wrong number of arguments for 'Word'. Try DEBUG HELP.\r\n";

TEST_F(DebugCommandsTest, WordsAreFoundInAnyCaseWithTheRightNumberOfArguments) {
  debug_.add("word", 3, [](Client& client, Args args) { client.reply.bulk(args[2]); }, {"WORD <x>"});
  EXPECT_EQ(run({"DEBUG", "Word", "x"}), "$1\r\nx\r\n");
  EXPECT_EQ(run({"DEBUG", "Word"}), kRefused);
  EXPECT_EQ(run({"DEBUG", "Word", "x", "y"}), kRefused);
}

TEST_F(DebugCommandsTest, NegativeArityMeansAtLeast) {
  debug_.add("word", -3, [](Client& client, Args) { client.reply.ok(); }, {"WORD <x> [y]"});
  EXPECT_EQ(run({"DEBUG", "Word"}), kRefused);
  EXPECT_EQ(run({"DEBUG", "Word", "x"}), "+OK\r\n");
  EXPECT_EQ(run({"DEBUG", "Word", "x", "y"}), "+OK\r\n");
}

TEST_F(DebugCommandsTest, UnknownWordsAreRefused) { EXPECT_EQ(run({"DEBUG", "Word", "x"}), kRefused); }

TEST_F(DebugCommandsTest, ALaterStageReplacesAWordAndItsHelp) {
  debug_.add("word", 2, [](Client& client, Args) { client.reply.integer(1); }, {"WORD", "    Old."});
  debug_.add("word", 2, [](Client& client, Args) { client.reply.integer(2); }, {"WORD", "    New."});
  EXPECT_EQ(run({"DEBUG", "word"}), ":2\r\n");
  std::string help = run({"DEBUG", "help"});
  EXPECT_NE(help.find("New."), std::string::npos);
  EXPECT_EQ(help.find("Old."), std::string::npos);
  EXPECT_EQ(help.substr(0, 4), "*5\r\n");
}

}  // namespace
}  // namespace strata::resp
