// A log gives the data that its commands made: transactions whole or not at all, errors passed over, nothing expiring.
#include "04_aof/load/replay.h"

#include <gtest/gtest.h>

#include "03_rdb_snapshot/tests/whole_server.h"
#include "04_aof/tests/log_samples.h"
#include "common/log.h"

namespace strata::aof {
namespace {

using How = ReplayEnd::How;

struct ReplayTest : ::testing::Test {
  ReplayTest() { set_log_file("/dev/null"); }
  ~ReplayTest() override { set_log_file(""); }

  ReplayEnd replay(
      std::string_view log, std::function<bool(uint64_t)> progress = [](uint64_t) { return true; }) {
    TrickleSource source(log, 1000);
    CommandReader reader(source);
    Replay replay(host.server, std::move(progress));
    ReplayEnd end = replay.run(reader);
    commands = replay.commands();
    return end;
  }
  size_t keys(int db = 0) { return host.keyspace().db(db).size(); }

  rdb::WholeServer host;
  uint64_t commands = 0;
};

TEST_F(ReplayTest, GivesTheDataBack) {
  const ReplayEnd end = replay(log_of({"SELECT 0", "RPUSH l a b c", "LPOP l", "SELECT 3", "set k v", "HSET h f v"}));
  EXPECT_EQ(end.how, How::kWhole);
  EXPECT_EQ(commands, 6u);
  EXPECT_EQ(keys(0), 1u);
  EXPECT_EQ(keys(3), 2u);
  const std::string digest = host.digest();
  host.clear();
  host.ask("RPUSH l b c");
  host.db = 3;
  host.ask("SET k v");
  host.ask("HSET h f v");
  EXPECT_EQ(host.digest(), digest);
}

TEST_F(ReplayTest, EachFileBeginsInTheFirstDatabase) {
  replay(log_of({"SELECT 5", "SET a 1"}));
  replay(log_of({"SET b 2"}));
  EXPECT_EQ(keys(5), 1u);
  EXPECT_EQ(keys(0), 1u);
}

TEST_F(ReplayTest, ATransactionRunsAtItsEnd) {
  EXPECT_EQ(replay(log_of({"MULTI", "SET a 1", "SET b 2", "EXEC", "SET c 3"})).how, How::kWhole);
  EXPECT_EQ(keys(), 3u);
}

TEST_F(ReplayTest, AnOpenTransactionIsCutOffAsAWhole) {
  const std::string head = log_of({"SET a 1"});
  const std::string log = head + "#TS:1\r\n" + log_of({"MULTI", "SET b 2", "SET c 3"});
  for (size_t missing = 0; missing < 20; missing++) {  // with a whole command at its end, or part of one
    const ReplayEnd end = replay(std::string_view(log).substr(0, log.size() - missing));
    EXPECT_EQ(end.how, How::kCut);
    EXPECT_TRUE(end.in_transaction);
    EXPECT_EQ(end.good_bytes, head.size());
    EXPECT_EQ(keys(), 1u);
  }
}

TEST_F(ReplayTest, ACutCommandIsCutOff) {
  const std::string head = log_of({"SET a 1"});
  const ReplayEnd end = replay(head + log_of({"SET b 2"}).substr(0, 20));
  EXPECT_EQ(end.how, How::kCut);
  EXPECT_FALSE(end.in_transaction);
  EXPECT_EQ(end.good_bytes, head.size());
}

TEST_F(ReplayTest, WhatIsNoLogIsBroken) { EXPECT_EQ(replay(log_of({"SET a 1"}) + "garbage").how, How::kBroken); }

TEST_F(ReplayTest, AnUnknownCommandEndsIt) {
  const std::string head = log_of({"SET a 1"});
  for (const std::string& log : {head + log_of({"FOO bar", "SET b 2"}), head + log_of({"MULTI", "FOO bar", "EXEC"})}) {
    const ReplayEnd end = replay(log);
    EXPECT_EQ(end.how, How::kRefused);
    EXPECT_EQ(end.reason, "Unknown command 'FOO'");
    EXPECT_EQ(keys(), 1u);
  }
}

TEST_F(ReplayTest, ACommandWithAnErrorDoesNot) {
  EXPECT_EQ(replay(log_of({"SET a 1", "RPUSH a x", "SET", "INCR a", "MULTI", "RPUSH a x", "SET b 2", "EXEC"})).how,
            How::kWhole);
  EXPECT_EQ(keys(), 2u);
}

TEST_F(ReplayTest, NothingExpiresMeanwhile) {
  EXPECT_EQ(
      replay(log_of({"SET x 1", "PEXPIREAT x 1000", "RENAME x y", "PERSIST y", "SET z 1 PXAT 1000", "INCR z"})).how,
      How::kWhole);
  EXPECT_EQ(keys(), 2u) << "expired keys are there until someone asks";
  EXPECT_FALSE(host.keyspace().nothing_expires);
  EXPECT_TRUE(host.keyspace().may_expire);
  host.ask("GET z");
  EXPECT_EQ(keys(), 1u);
}

TEST_F(ReplayTest, NobodyWaits) {
  EXPECT_EQ(replay(log_of({"BLPOP nothing 0", "SET a 1"})).how, How::kWhole);
  EXPECT_EQ(keys(), 1u);
}

TEST_F(ReplayTest, ItTellsHowFarItIsAndStops) {
  std::string log;
  for (int i = 0; i < 3000; i++) log += log_of({"INCR a"});
  std::vector<uint64_t> seen;
  const ReplayEnd end = replay(log, [&](uint64_t offset) {
    seen.push_back(offset);
    return seen.size() < 2;
  });
  EXPECT_EQ(end.how, How::kStopped);
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_LT(seen[0], seen[1]);
  EXPECT_LT(seen[1], log.size());
}

TEST_F(ReplayTest, TheSourceMayFail) {
  const std::string log = log_of({"SET a 1"});
  TrickleSource source(log, 5, true);
  CommandReader reader(source);
  const ReplayEnd end = Replay(host.server, [](uint64_t) { return true; }).run(reader);
  EXPECT_EQ(end.how, How::kRefused);
  EXPECT_EQ(end.reason, "the disk is gone");
}

}  // namespace
}  // namespace strata::aof
