// resp/request_parser.h: the same commands come out however the bytes arrive, and bad bytes are named as Redis names
// them.
#include "01_resp_server/resp/request_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "01_resp_server/resp/input_buffer.h"

namespace strata::resp {
namespace {

using Command = std::vector<std::string>;

struct Outcome {
  std::vector<Command> commands;
  std::string error;
};

// Feeds `bytes` in pieces of `piece` bytes, each through a borrowed buffer as a read would bring it.
Outcome parse(const std::string& bytes, size_t piece, ParserLimits limits = {}) {
  RequestParser parser;
  InputBuffer input;
  Outcome outcome;
  for (size_t at = 0; at < bytes.size() && outcome.error.empty(); at += piece) {
    std::string chunk = bytes.substr(at, piece);
    std::string_view rest = chunk;
    while (!rest.empty()) {
      if (auto space = parser.big_bulk_space(); !space.empty()) {
        size_t n = std::min(space.size(), rest.size());
        std::copy_n(rest.data(), n, space.data());
        parser.big_bulk_filled(n);
        rest.remove_prefix(n);
      } else if (input.size() > 0) {
        std::copy_n(rest.data(), rest.size(), input.reserve(rest.size()));
        input.filled(rest.size());
        rest = {};
      } else {
        input.borrow(const_cast<char*>(rest.data()), rest.size());
        rest = {};
      }
      for (;;) {
        auto result = parser.next(input, limits);
        if (result == RequestParser::Result::kNeedMore) break;
        if (result == RequestParser::Result::kError) {
          outcome.error = parser.error();
          return outcome;
        }
        outcome.commands.emplace_back(parser.args().begin(), parser.args().end());
      }
      input.settle();
    }
  }
  return outcome;
}

std::string multibulk(const Command& command) {
  std::string out = "*" + std::to_string(command.size()) + "\r\n";
  for (const auto& arg : command) out += "$" + std::to_string(arg.size()) + "\r\n" + arg + "\r\n";
  return out;
}

TEST(RequestParser, AnySplitGivesTheSameCommands) {
  std::vector<Command> wanted = {{"SET", "k", "v"},
                                 {"PING"},
                                 {"GET", std::string("a\r\nb\0c", 6)},
                                 {"ECHO", ""},
                                 {"SET", "k", std::string(1000, 'x')}};
  std::string bytes;
  for (const auto& command : wanted) bytes += multibulk(command);
  bytes += "PING inline\r\n*0\r\n\r\n*-1\r\nECHO \"two words\"\n";
  wanted.push_back({"PING", "inline"});
  wanted.push_back({"ECHO", "two words"});
  for (size_t piece = 1; piece <= bytes.size(); piece++) {
    Outcome outcome = parse(bytes, piece);
    ASSERT_EQ(outcome.error, "");
    ASSERT_EQ(outcome.commands, wanted) << "in pieces of " << piece;
  }
}

TEST(RequestParser, BigBulksArriveWhole) {
  for (size_t size : {kBigBulk - 1, kBigBulk, kBigBulk + 1, size_t{1000000}}) {
    Command command = {"SET", "k", std::string(size, 'x'), "EX", std::string(size, 'y')};
    command[2].back() = 'e';
    std::string bytes = multibulk(command) + multibulk({"PING"}) + multibulk(command);
    for (size_t piece : {1000u, 16384u, 65536u, 3000000u}) {
      Outcome outcome = parse(bytes, piece);
      ASSERT_EQ(outcome.error, "");
      ASSERT_EQ(outcome.commands.size(), 3u) << size << " in pieces of " << piece;
      EXPECT_EQ(outcome.commands[0], command);
      EXPECT_EQ(outcome.commands[1], Command{"PING"});
      EXPECT_EQ(outcome.commands[2], command);
    }
  }
}

TEST(RequestParser, ABigBulkCanBeAdopted) {
  RequestParser parser;
  InputBuffer input;
  std::string value(kBigBulk * 2, 'v');
  std::string bytes = multibulk({"SET", "k", value});
  input.borrow(bytes.data(), 100);
  ASSERT_EQ(parser.next(input, {}), RequestParser::Result::kNeedMore);
  input.settle();
  auto space = parser.big_bulk_space();
  ASSERT_EQ(space.size(), bytes.size() - 100);
  std::copy(bytes.begin() + 100, bytes.end(), space.begin());
  parser.big_bulk_filled(space.size());
  ASSERT_EQ(parser.next(input, {}), RequestParser::Result::kCommand);
  EXPECT_EQ(parser.take_big_bulk(1), nullptr);
  BigBulk adopted = parser.take_big_bulk(2);
  ASSERT_NE(adopted, nullptr);
  EXPECT_EQ(adopted->view(), value);
}

TEST(RequestParser, NamesWhatIsWrong) {
  auto error = [](const std::string& bytes, ParserLimits limits = {}) {
    return parse(bytes, bytes.size(), limits).error;
  };
  EXPECT_EQ(error("*x\r\n"), "Protocol error: invalid multibulk length");
  EXPECT_EQ(error("*2147483648\r\n"), "Protocol error: invalid multibulk length");
  EXPECT_EQ(error("*1\r\n+PING\r\n"), "Protocol error: expected '$', got '+'");
  EXPECT_EQ(error("*1\r\n$-5\r\n"), "Protocol error: invalid bulk length");
  EXPECT_EQ(error("*1\r\n$536870913\r\n"), "Protocol error: invalid bulk length");
  EXPECT_EQ(error("*1\r\n$x\r\n"), "Protocol error: invalid bulk length");
  EXPECT_EQ(error("ECHO \"half\r\n"), "Protocol error: unbalanced quotes in request");
  EXPECT_EQ(error(std::string(70000, 'a')), "Protocol error: too big inline request");
  EXPECT_EQ(error("*" + std::string(70000, '1')), "Protocol error: too big mbulk count string");
  EXPECT_EQ(error("*1\r\n$" + std::string(70000, '1')), "Protocol error: too big bulk count string");
  ParserLimits stranger{.authenticated = false};
  EXPECT_EQ(error("*11\r\n", stranger), "Protocol error: unauthenticated multibulk length");
  EXPECT_EQ(error("*1\r\n$16385\r\n", stranger), "Protocol error: unauthenticated bulk length");
}

}  // namespace
}  // namespace strata::resp
