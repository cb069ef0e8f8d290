// The strict walk of strata-check-aof. What it calls good, the loader takes; its words are compared with redis-check-aof's
// by the tests of the tool.
#include "04_aof/check/log_scan.h"

#include <gtest/gtest.h>

#include "04_aof/load/command_reader.h"
#include "04_aof/tests/log_samples.h"

namespace strata::aof {
namespace {

TEST(LogScan, CutAnywhere) {
  const std::string log = log_of({"SET a 1", "MULTI", "SET b 2", "SET c 3", "EXEC", "SET d 4"});
  const size_t first = log_of({"SET a 1"}).size();
  const size_t transaction = log.size() - log_of({"SET d 4"}).size();
  for (size_t size = 0; size <= log.size(); size++) {
    const size_t good = size < first ? 0 : size < transaction ? first : size < log.size() ? transaction : size;
    const LogScan scan = scan_log(std::string_view(log).substr(0, size), 0, "a");
    ASSERT_EQ(scan.good_bytes, good) << size;
    ASSERT_EQ(scan.whole, size == good) << size;
  }
}

TEST(LogScan, BeginsBehindAnImage) {
  const std::string log = "image" + log_of({"SET a 1"});
  const LogScan scan = scan_log(log, 5, "a");
  EXPECT_TRUE(scan.whole);
  EXPECT_EQ(scan.good_bytes, log.size());
  EXPECT_EQ(scan.lines, 7u);
  EXPECT_EQ(scan_log(log + "x", 5, "a").problem, "AOF a format error");
}

TEST(LogScan, AMomentIsNeverInsideATransaction) {
  const std::string head = log_of({"SET a 1"});
  const std::string log = head + log_of({"MULTI"}) + "#TS:200\r\n" + log_of({"SET b 2", "EXEC"});
  EXPECT_EQ(scan_log(log, 0, "a", 100).in_time, head.size());
  EXPECT_EQ(scan_log(log, 0, "a", 200).in_time, std::nullopt);
  EXPECT_TRUE(scan_log(log, 0, "a", 200).whole);
}

TEST(LogScan, WhatIsGoodTheLoaderTakes) {
  for (const std::string& log : {log_of({"SET a 1"}), "#x\n" + log_of({"SET a 1"}), std::string("*01\r\n$001\r\na\r\n"),
                                 std::string("*1\r\n$-0\r\n\r\n"), "#" + std::string(1021, 'x') + "\n"}) {
    ASSERT_TRUE(scan_log(log, 0, "a").whole) << log;
    TrickleSource source(log, 7);
    CommandReader reader(source);
    CommandReader::Result last = reader.next();
    while (last == CommandReader::Result::kCommand) last = reader.next();
    EXPECT_EQ(last, CommandReader::Result::kEnd) << log;
    EXPECT_EQ(reader.offset(), log.size());
  }
}

}  // namespace
}  // namespace strata::aof
