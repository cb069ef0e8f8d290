// A log comes out command by command however its bytes arrive; a log that is cut is told from one that is broken, and
// neither costs memory that its bytes do not account for.
#include "04_aof/load/command_reader.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "04_aof/tests/log_samples.h"

namespace strata::aof {
namespace {

using Result = CommandReader::Result;

struct Outcome {
  std::vector<std::string> commands;  // words joined by '|'
  Result end;
  uint64_t offset;
};

Outcome read(std::string_view log, size_t step = SIZE_MAX) {
  TrickleSource source(log, step);
  CommandReader reader(source);
  Outcome outcome;
  while ((outcome.end = reader.next()) == Result::kCommand) {
    std::string joined;
    for (const std::string_view word : reader.words())
      joined += std::string(joined.empty() ? "" : "|") + std::string(word);
    outcome.commands.push_back(joined);
  }
  outcome.offset = reader.offset();
  return outcome;
}

using Commands = std::vector<std::string>;

TEST(CommandReader, NoLogIsWhole) {
  EXPECT_EQ(read("").end, Result::kEnd);
  EXPECT_EQ(read("").offset, 0u);
}

TEST(CommandReader, WordsAreAnyBytes) {
  const std::string log = std::string("*2\r\n$4\r\n\r\n*1\r\n$3\r\n\0#\xff\r\n", 23) + log_of({"SET  x"});
  const Outcome outcome = read(log);
  EXPECT_EQ(outcome.commands, (Commands{std::string("\r\n*1|\0#\xff", 8), "SET||x"}));
  EXPECT_EQ(outcome.end, Result::kEnd);
  EXPECT_EQ(outcome.offset, log.size());
}

TEST(CommandReader, WhatFollowsTheDataOfAWordIsNotLookedAt) {
  EXPECT_EQ(read("*1\r\n$1\r\naxy*1\r\n$1\r\nb\r\n").commands, (Commands{"a", "b"}));
  EXPECT_EQ(read("*1\n$01\nb\r\n").commands, (Commands{"b"}));
}

TEST(CommandReader, BytesMayTrickleIn) {
  const std::string log = log_of({"SELECT 0", "SET key value"}) + "#TS:17\r\n" + log_of({"DEL key"});
  for (size_t step = 1; step < 20; step++) {
    const Outcome outcome = read(log, step);
    EXPECT_EQ(outcome.commands, (Commands{"SELECT|0", "SET|key|value", "DEL|key"}));
    EXPECT_EQ(outcome.end, Result::kEnd);
  }
}

TEST(CommandReader, CutAnywhereKeepsTheWholeCommands) {
  const std::string log = log_of({"SELECT 0", "SET key value", "DEL key"});
  const size_t ends[] = {0, log_of({"SELECT 0"}).size(), log_of({"SELECT 0", "SET key value"}).size(), log.size()};
  for (size_t size = 0; size <= log.size(); size++) {
    const auto whole = static_cast<size_t>(std::upper_bound(ends, ends + 4, size) - ends - 1);
    for (const size_t step : {size_t{1}, SIZE_MAX}) {
      const Outcome outcome = read(std::string_view(log).substr(0, size), step);
      ASSERT_EQ(outcome.end, ends[whole] == size ? Result::kEnd : Result::kCut) << size;
      ASSERT_EQ(outcome.commands.size(), whole) << size;
      ASSERT_EQ(outcome.offset, ends[whole]) << size;
    }
  }
}

TEST(CommandReader, BrokenIsNotCut) {
  const std::string good = log_of({"SET a 1"});
  for (const std::string_view tail :
       {std::string_view("garbage"), std::string_view("\0\0\0", 3), std::string_view("*x\r\n"),
        std::string_view("*0\r\n"), std::string_view("*-1\r\n"), std::string_view("*\r\n"), std::string_view("*1x\r\n"),
        std::string_view("* 1\r\n"), std::string_view("*99999999999999999999\r\n"), std::string_view("*1\r\n:1\r\n"),
        std::string_view("*1\r\n$-1\r\n"), std::string_view("*1\r\n$\r\n"), std::string_view("*1\r\n$1 \r\na\r\n"),
        std::string_view("\r\n")}) {
    const Outcome outcome = read(good + std::string(tail) + good);
    EXPECT_EQ(outcome.end, Result::kBroken) << tail;
    EXPECT_EQ(outcome.offset, good.size()) << tail;
    EXPECT_EQ(outcome.commands.size(), 1u) << tail;
  }
}

TEST(CommandReader, AnnotationsBelongToTheCommandBehindThem) {
  const std::string first = log_of({"SET a 1"});
  const std::string log = first + "#TS:1\r\n#anything at all\n" + log_of({"SET b 2"}) + "#end\r\n";
  TrickleSource source(log, 5);
  CommandReader reader(source);
  ASSERT_EQ(reader.next(), Result::kCommand);
  EXPECT_EQ(reader.begin(), 0u);
  ASSERT_EQ(reader.next(), Result::kCommand);
  EXPECT_EQ(reader.begin(), first.size());
  EXPECT_EQ(reader.next(), Result::kEnd);
  EXPECT_EQ(reader.offset(), log.size());
  EXPECT_EQ(read(log.substr(0, log.size() - 1)).end, Result::kCut);
}

// Wherever it falls in a block.
TEST(CommandReader, LinesHaveALimit) {
  const std::string command = log_of({"SET a 1"});
  const std::string longest = "#" + std::string(1020, 'x') + "\r\n";
  for (const size_t step : {size_t{1}, size_t{700}, SIZE_MAX}) {
    EXPECT_EQ(read(longest + command, step).end, Result::kEnd);
    EXPECT_EQ(read("#" + longest + command, step).end, Result::kBroken);
    EXPECT_EQ(read("*" + std::string(2000, '0') + "1\r\n", step).end, Result::kBroken);
  }
}

TEST(CommandReader, GoesOnFromWhatWasReadAlready) {
  const std::string log = log_of({"SET a 1", "SET b 2"});
  TrickleSource source(std::string_view(log).substr(30), 3);
  CommandReader reader(source, std::string_view(log).substr(0, 30), 1000);
  ASSERT_EQ(reader.next(), Result::kCommand);
  EXPECT_EQ(reader.begin(), 1000u);
  ASSERT_EQ(reader.next(), Result::kCommand);
  EXPECT_EQ(reader.words()[1], "b");
  EXPECT_EQ(reader.next(), Result::kEnd);
  EXPECT_EQ(reader.offset(), 1000 + log.size());
}

TEST(CommandReader, TellsWhatTheSourceSays) {
  const std::string log = log_of({"SET a 1", "SET b 2"});
  for (const size_t size : {log.size(), log.size() - 3}) {
    TrickleSource source(std::string_view(log).substr(0, size), SIZE_MAX, true);
    CommandReader reader(source);
    Result last = reader.next();
    while (last == Result::kCommand) last = reader.next();
    EXPECT_EQ(last, Result::kFailed);
    EXPECT_EQ(reader.error(), "the disk is gone");
  }
}

TEST(CommandReader, LargeWords) {
  const std::string value(5 << 20, 'v');
  const Outcome outcome = read(log_of({"SET a " + value, "SET b 2"}), 300'000);
  ASSERT_EQ(outcome.commands.size(), 2u);
  EXPECT_EQ(outcome.commands[0], "SET|a|" + value);
}

// Memory follows the bytes that come, not those that are announced.
TEST(CommandReader, AnnouncedBytesCostNothing) {
  struct rusage before {
  }, after{};
  ::getrusage(RUSAGE_SELF, &before);
  for (const char* log :
       {"*9223372036854775807\r\n$1\r\na\r\n", "*1\r\n$9223372036854775807\r\nabc", "*1\r\n$9000000000\r\n"}) {
    EXPECT_EQ(read(log).end, Result::kCut);
  }
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024);  // KiB
}

}  // namespace
}  // namespace strata::aof
