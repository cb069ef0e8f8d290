// The write stream: what each command is replayed as, to whom, and what stays together.
#include "02_data_types/writes/write_stream.h"

#include <gtest/gtest.h>

#include <string>

#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/install.h"
#include "02_data_types/tests/recorded_stream.h"

namespace strata::db {
namespace {

class WriteStreamTest : public ::testing::Test {
 protected:
  void SetUp() override {
    resp::install(host.server);
    db::install(host.server);
    host.start();
    stream().add_sink(file);
  }
  void TearDown() override { stream().remove_sink(file); }

  WriteStream& stream() { return host.server.get<WriteStream>(); }
  Keyspace& keyspace() { return host.server.get<Keyspace>(); }

  resp::ConnectedServer host;
  RecordedStream file{WriteEffects::kFiles};
};

// What a command, after others, is replayed as. The table was taken from the replication stream of redis-server 7.0.15.
struct Rule {
  const char* before;   // one command a line
  const char* command;  // one, or a transaction
  const char* replayed;
};

constexpr Rule kRules[] = {
    // strings
    {"", "SET k v", "SET k v"},
    {"", "set k v NX", "set k v NX"},
    {"SET k v", "SET k v NX", ""},
    {"", "SET k v EX 100", "SET k v PXAT <ms>"},
    {"", "SET k v PX 100000 NX", "SET k v PXAT <ms>"},
    {"SET k w", "SET k v XX GET EX 100", "SET k v PXAT <ms>"},
    {"SET k w", "SET k v XX GET", "SET k v XX"},
    {"SET k w EX 100", "SET k v KEEPTTL", "SET k v KEEPTTL"},
    {"", "SETEX k 100 v", "SET k v PXAT <ms>"},
    {"", "PSETEX k 100000 v", "SET k v PXAT <ms>"},
    {"", "SETNX k v", "SETNX k v"},
    {"SET k w", "SETNX k v", ""},
    {"", "GETSET k v", "SET k v"},
    {"SET k v", "GETDEL k", "DEL k"},
    {"SET k v", "GET k", ""},
    {"SET k v", "GETEX k EX 100", "PEXPIREAT k <ms>"},
    {"SET k v", "GETEX k PXAT 1", "DEL k"},
    {"SET k v EX 100", "GETEX k PERSIST", "PERSIST k"},
    {"SET k v", "GETEX k PERSIST", ""},
    {"SET k v", "GETEX k", ""},
    {"", "INCRBYFLOAT k 1.5", "SET k 1.5 KEEPTTL"},
    {"", "INCRBY k 5", "INCRBY k 5"},
    {"SET k v", "INCR k", ""},
    {"", "APPEND k v", "APPEND k v"},
    {"", "SETRANGE k 0 v", "SETRANGE k 0 v"},
    {"", "SETRANGE k 3 ''", ""},
    {"", "MSET k v j w", "MSET k v j w"},
    {"SET k v", "MSETNX k v j w", ""},
    {"", "SETBIT k 7 1", "SETBIT k 7 1"},
    // keys
    {"SET k v", "EXPIRE k 100", "PEXPIREAT k <ms>"},
    {"SET k v", "EXPIRE k 100 NX", "PEXPIREAT k <ms> NX"},
    {"SET k v", "EXPIRE k 100 XX", ""},
    {"SET k v", "PEXPIREAT k 4000000000000", "PEXPIREAT k <ms>"},
    {"SET k v", "EXPIREAT k 1", "DEL k"},
    {"SET k v EX 100", "PERSIST k", "PERSIST k"},
    {"SET k v", "PERSIST k", ""},
    {"SET k v", "DEL k nokey", "DEL k nokey"},
    {"", "DEL nokey", ""},
    {"SET k v", "UNLINK k", "UNLINK k"},
    {"SET k v", "RENAME k j", "RENAME k j"},
    {"SET k v", "COPY k j DB 3", "COPY k j DB 3"},
    {"SET k v", "MOVE k 3", "MOVE k 3"},
    {"", "SWAPDB 0 1", "SWAPDB 0 1"},
    {"", "FLUSHALL", "FLUSHALL"},
    {"", "FLUSHDB ASYNC", "FLUSHDB ASYNC"},
    // hashes
    {"", "HSET h f v", "HSET h f v"},
    {"", "HINCRBYFLOAT h f 1.5", "HSET h f 1.5"},
    {"HSET h f v", "HSETNX h f w", ""},
    {"HSET h f v", "HDEL h f", "HDEL h f"},
    // sets
    {"SADD s a", "SPOP s", "SREM s a"},
    {"SADD s a a", "SADD s a", ""},
    {"SADD s a b", "SPOP s 2", "DEL s"},
    {"SADD s a", "SPOP s 0", ""},
    {"SADD s a", "SMOVE s t a", "SMOVE s t a"},
    {"SADD s a", "SUNIONSTORE d s", "SUNIONSTORE d s"},
    {"", "SINTERSTORE d s", ""},
    // sorted sets
    {"", "ZADD z 1 a", "ZADD z 1 a"},
    {"ZADD z 1 a", "ZADD z NX 2 a", ""},
    {"ZADD z 1 a", "ZPOPMIN z", "ZPOPMIN z"},
    {"ZADD z 1 a 2 b", "ZMPOP 2 nokey z MAX COUNT 7", "ZPOPMAX z 2"},
    {"", "GEOADD g 13.361389 38.115556 p", "zadd g 3479099956230698 p"},
    // lists
    {"", "RPUSH l a b", "RPUSH l a b"},
    {"", "RPUSHX l a", ""},
    {"RPUSH l a b c", "LMPOP 2 nokey l LEFT COUNT 2", "LPOP l 2"},
    {"RPUSH l a b c", "LMPOP 1 l RIGHT COUNT 100", "RPOP l 3"},
    {"", "LMPOP 1 l RIGHT COUNT 100", ""},
    {"RPUSH l a b c", "LPOP l 2", "LPOP l 2"},
    {"RPUSH l a b c", "RPOP l", "RPOP l"},
    {"RPUSH l a b c", "LREM l 1 b", "LREM l 1 b"},
    {"RPUSH l a b c", "LREM l 1 x", ""},
    {"RPUSH l a b c", "LTRIM l 0 0", "LTRIM l 0 0"},
    {"RPUSH l a b c", "LSET l 0 x", "LSET l 0 x"},
    {"RPUSH l a b c", "LINSERT l BEFORE b x", "LINSERT l BEFORE b x"},
    {"RPUSH l a", "LMOVE l d LEFT RIGHT", "LMOVE l d LEFT RIGHT"},
    {"RPUSH l 2 1", "SORT l STORE d", "SORT l STORE d"},
    // transactions
    {"", "MULTI\nSET a 1\nSET b 2\nEXEC", "MULTI; SET a 1; SET b 2; EXEC"},
    {"", "MULTI\nGET a\nSET b 2\nEXEC", "SET b 2"},
    {"", "MULTI\nGET a\nEXEC", ""},
    {"", "MULTI\nSET a 1\nDISCARD", ""},
    {"", "MULTI\nINCR a\nHSET a x y\nEXEC", "INCR a"},
    {"", "MULTI\nSET a 1\nSELECT 3\nSET b 2\nEXEC", "MULTI; SET a 1; SELECT 3; SET b 2; EXEC"},
};

TEST_F(WriteStreamTest, CommandsAreReplayedByTheRules) {
  for (const Rule& rule : kRules) {
    resp::TestPeer peer = host.connect();
    peer.ask("FLUSHALL\n" + std::string(rule.before));
    file.take();
    std::string reply = peer.ask(rule.command);
    EXPECT_EQ(file.take(), rule.replayed) << rule.command << " after " << rule.before << " answered " << reply;
    peer.ask("SELECT 0\nFLUSHALL");
    file.take();
  }
}

TEST_F(WriteStreamTest, SeveralRandomMembersGoTogether) {
  resp::TestPeer peer = host.connect();
  peer.ask("SADD s a b c");
  file.take();
  peer.ask("SPOP s 2");
  std::string shown = file.take();
  EXPECT_TRUE(shown.starts_with("MULTI; SREM s ")) << shown;
  EXPECT_TRUE(shown.ends_with("; EXEC")) << shown;
}

TEST_F(WriteStreamTest, TheDatabaseIsSelectedWhereItChanges) {
  resp::TestPeer peer = host.connect();
  peer.ask("SET a 1\nSET b 2\nSELECT 3\nSET c 3\nGET a\nSELECT 0\nSELECT 3\nSET d 4");
  EXPECT_EQ(file.take(), "SELECT 0; SET a 1; SET b 2; SELECT 3; SET c 3; SET d 4");
  file.forget_database();
  peer.ask("SET e 5");
  EXPECT_EQ(file.take(), "SELECT 3; SET e 5");
  peer.ask("SELECT 1\nMULTI\nSET f 6\nSET g 7\nEXEC");
  EXPECT_EQ(file.take(), "SELECT 1; MULTI; SET f 6; SET g 7; EXEC");
}

TEST_F(WriteStreamTest, AnExpiredKeyIsDeletedWithTheCommandThatMetIt) {
  host.server.get<resp::DebugCommands>().active_expire = false;
  resp::TestPeer peer = host.connect();
  auto expire = [&](std::string_view commands) {
    peer.ask(commands);
    file.take();
    keyspace().freeze_time(keyspace().now_ms() + 1000);
  };
  expire("SET e 1 PX 100");
  peer.ask("GET e");
  EXPECT_EQ(file.take(), "DEL e");
  expire("SET e 1 PX 100");
  peer.ask("INCR e");
  EXPECT_EQ(file.take(), "MULTI; DEL e; INCR e; EXEC");
  expire("FLUSHALL\nSET e 1 PX 100\nSET f 1 PX 100");
  peer.ask("MGET e f");
  EXPECT_EQ(file.take(), "MULTI; DEL e; DEL f; EXEC");
  expire("SET e 1 PX 100\nSET f 1 PX 100");
  peer.ask("RANDOMKEY");
  std::string bare = file.take();
  EXPECT_TRUE(bare == "DEL e; DEL f" || bare == "DEL f; DEL e") << bare;
  expire("CONFIG SET lazyfree-lazy-expire yes\nSET e 1 PX 100");
  peer.ask("GET e");
  EXPECT_EQ(file.take(), "UNLINK e");
  keyspace().thaw_time();
}

TEST_F(WriteStreamTest, WhatHappensOutsideOfCommandsStandsAlone) {
  keyspace().effects.also_replay(0, {"DEL", "a"});
  keyspace().effects.also_replay(2, {"DEL", "b"});
  host.server.loop.run_once(0);
  EXPECT_EQ(file.units, 2u);
  EXPECT_EQ(file.take(), "SELECT 0; DEL a; SELECT 2; DEL b");
  keyspace().effects.also_replay(0, {"DEL", "evicted"});
  resp::TestPeer peer = host.connect();
  peer.ask("SET k v");
  EXPECT_EQ(file.take(), "SELECT 0; DEL evicted; SET k v");
  EXPECT_EQ(file.units, 4u);
}

TEST_F(WriteStreamTest, AUnitCanBeMadeOutsideOfCommands) {
  {
    WriteStream::Unit unit(stream(), 5);
    keyspace().effects.replay_as({"LPOP", "l"});
    keyspace().effects.replay_as({"RPUSH", "m", "x"});
  }
  EXPECT_EQ(file.take(), "SELECT 5; MULTI; LPOP l; RPUSH m x; EXEC");
  EXPECT_EQ(file.units, 1u);
}

TEST_F(WriteStreamTest, EverySinkGetsWhatConcernsItsCopy) {
  RecordedStream replicas(WriteEffects::kReplicas);
  stream().add_sink(replicas);
  resp::TestPeer peer = host.connect();
  peer.ask("SET k v");
  {
    WriteStream::Unit unit(stream(), 0);
    std::string_view publish[] = {"PUBLISH", "news", "x"};
    keyspace().effects.add(0, publish, WriteEffects::kReplicas);
  }
  EXPECT_EQ(replicas.take(), "SELECT 0; SET k v; PUBLISH news x");
  EXPECT_EQ(file.take(), "SELECT 0; SET k v");
  stream().remove_sink(replicas);
  peer.ask("SET k w");
  EXPECT_EQ(file.take(), "SET k w");
  EXPECT_EQ(replicas.take(), "");
}

// Observed at redis-server 7.0.15, too.
TEST_F(WriteStreamTest, AScriptSaysWhichCopiesHearOfIt) {
  RecordedStream replicas(WriteEffects::kReplicas);
  stream().add_sink(replicas);
  resp::TestPeer peer = host.connect();
  struct Case {
    const char* script;
    const char* in_file;
    const char* at_replicas;
  };
  constexpr Case kCases[] = {
      {"redis.call('set','a',0)", "SELECT 0; set a 0", "SELECT 0; set a 0"},
      {"redis.set_repl(redis.REPL_NONE) redis.call('set','a',1)", "", ""},
      {"redis.call('set','a',2)", "set a 2", "set a 2"},
      {"redis.set_repl(redis.REPL_AOF) redis.call('set','a',3)", "set a 3", ""},
      {"redis.set_repl(redis.REPL_REPLICA) redis.call('set','a',4,'EX',100)", "", "SET a 4 PXAT <ms>"},
      {"redis.set_repl(0) redis.call('set','a',5) redis.set_repl(3) redis.call('set','b',5)", "set b 5", "set b 5"},
      {"redis.set_repl(1) redis.call('set','a',6) redis.set_repl(2) redis.call('set','b',6)", "MULTI; set a 6; EXEC",
       "MULTI; set b 6; EXEC"},
      {"redis.call('set','a',7) redis.set_repl(0) redis.call('set','b',7) error('x')", "set a 7", "set a 7"},
  };
  for (const Case& each : kCases) {
    peer.ask(std::string("EVAL \"") + each.script + "\" 0");
    EXPECT_EQ(file.take(), each.in_file) << each.script;
    EXPECT_EQ(replicas.take(), each.at_replicas) << each.script;
  }
  peer.ask("MULTI\nEVAL \"redis.set_repl(0) redis.call('set','a',8)\" 0\nSET b 8\nEXEC");
  EXPECT_EQ(file.take(), "SET b 8");
  stream().remove_sink(replicas);
}

TEST_F(WriteStreamTest, WithoutSinksNothingIsCollected) {
  stream().remove_sink(file);
  EXPECT_FALSE(keyspace().effects.wanted);
  resp::TestPeer peer = host.connect();
  uint64_t dirty = keyspace().effects.dirty;
  peer.ask("SET k v EX 100\nSET j w");
  EXPECT_EQ(keyspace().effects.dirty, dirty + 2);
  EXPECT_TRUE(keyspace().effects.bytes.empty());
  stream().add_sink(file);
  peer.ask("SET k x");
  EXPECT_EQ(file.take(), "SELECT 0; SET k x");
}

}  // namespace
}  // namespace strata::db
