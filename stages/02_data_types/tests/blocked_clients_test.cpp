// Blocked clients: waits for other things than keys, fairness, and how what they got is replayed.
#include "02_data_types/blocking/blocked_clients.h"

#include <gtest/gtest.h>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/install.h"
#include "02_data_types/tests/recorded_stream.h"

namespace strata::db {
namespace {

class BlockedClientsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    resp::install(host.server);
    db::install(host.server);
    host.start();
  }
  BlockedClients& blocked() { return host.server.get<BlockedClients>(); }
  bool keys_are_heard() { return host.server.get<Keyspace>().events.anyone(); }

  resp::ConnectedServer host;
};

uint64_t id_of(resp::TestPeer& peer) { return std::stoull(peer.ask("CLIENT ID").substr(1)); }

TEST_F(BlockedClientsTest, ATimeoutIsExactToTheMillisecond) {
  resp::TestPeer peer = host.connect();
  int64_t shortest_us = INT64_MAX;  // of several, since the machine may be busy
  for (int i = 0; i < 10; i++) {
    int64_t start_us = mono_us();
    std::string got = peer.ask("BLPOP q 0.02");
    while (got.empty() && mono_us() - start_us < 5'000'000) {
      host.server.loop.run_once(1);
      got = peer.receive();
    }
    EXPECT_EQ(got, "*-1\r\n");
    int64_t took_us = mono_us() - start_us;
    EXPECT_GE(took_us, 20'000);
    shortest_us = std::min(shortest_us, took_us);
  }
  EXPECT_LT(shortest_us, 25'000);
}

TEST_F(BlockedClientsTest, ChangesOfKeysCostNothingUnlessSomebodyWaitsForOne) {
  resp::TestPeer waiter = host.connect();
  resp::TestPeer other = host.connect();
  EXPECT_FALSE(keys_are_heard());
  const std::string unblock = "CLIENT UNBLOCK " + std::to_string(id_of(waiter));
  for (const std::string& ending : {std::string("RPUSH q a"), unblock}) {
    EXPECT_EQ(waiter.ask("BLPOP p q 0"), "");
    EXPECT_TRUE(keys_are_heard());
    EXPECT_EQ(blocked().count(), 1u);
    other.ask(ending);
    EXPECT_NE(waiter.receive(), "");
    EXPECT_FALSE(keys_are_heard()) << ending;
    EXPECT_EQ(blocked().count(), 0u);
  }
  waiter.ask("BLPOP q 1000");
  waiter.close();
  EXPECT_FALSE(keys_are_heard()) << "the client is gone";
  EXPECT_EQ(blocked().count(), 0u);
}

// What a later stage needs: a wait for something else than a key.
class Bell final : public Wait {
 public:
  void serve(resp::Client&, std::string_view, Ref) const override {}
  void give_up(resp::Client& client) const override { client.reply.integer(0); }
  ValueType type() const override { return ValueType::kString; }
};

void wait_for_bell(resp::Client& client, resp::Args) {
  client.server.get<BlockedClients>().block(client, {}, 20, std::make_unique<Bell>());
}

TEST(BlockedClientsSeamTest, AClientCanWaitForSomethingElseThanAKey) {
  resp::ConnectedServer host;
  resp::install(host.server);
  db::install(host.server);
  host.server.commands.add({.name = "bell", .arity = 1, .run = wait_for_bell});
  host.start();
  auto& blocked = host.server.get<BlockedClients>();
  resp::TestPeer peer = host.connect();
  resp::Client& client = *host.server.clients.by_id(id_of(peer));
  EXPECT_EQ(peer.ask("BELL\nPING"), "");
  client.reply.integer(7);
  blocked.release(client);
  EXPECT_EQ(peer.wait(), ":7\r\n+PONG\r\n");
  EXPECT_EQ(peer.ask("BELL\nPING"), "");
  EXPECT_EQ(peer.wait(), ":0\r\n+PONG\r\n");
  peer.ask("BELL");
  blocked.interrupt(client, "UNBLOCKED by a test");
  EXPECT_EQ(peer.wait(), "-UNBLOCKED by a test\r\n");
}

// How blocking commands are replayed: when there was an element, and when they had to wait for it.
struct Rule {
  const char* command;
  const char* push;
  const char* replayed;
  const char* replayed_late = replayed;  // after a wait
};
constexpr Rule kRules[] = {
    {"BLPOP q 0", "RPUSH q a b", "LPOP q"},
    {"BRPOP p q 0", "RPUSH q a b", "RPOP q"},
    {"BLMPOP 0 2 p q LEFT COUNT 5", "RPUSH q a b", "LPOP q 2"},
    {"BLMOVE q d LEFT RIGHT 0", "RPUSH q a b", "LMOVE q d LEFT RIGHT", "LMOVE q d left right"},
    {"BRPOPLPUSH q d 0", "RPUSH q a b", "RPOPLPUSH q d"},
    {"BZPOPMIN q 0", "ZADD q 1 a 2 b", "ZPOPMIN q"},
    {"BZPOPMAX q 0", "ZADD q 1 a 2 b", "ZPOPMAX q"},
    {"BZMPOP 0 1 q MIN COUNT 5", "ZADD q 1 a 2 b", "ZPOPMIN q 2"},
};

TEST_F(BlockedClientsTest, WhatIsReplayedDoesNotBlock) {
  RecordedStream stream(WriteEffects::kFiles);
  host.server.get<WriteStream>().add_sink(stream);
  resp::TestPeer waiter = host.connect();
  resp::TestPeer other = host.connect();
  for (const Rule& rule : kRules) {
    other.ask(std::string("FLUSHALL\n") + rule.push);
    stream.take();
    EXPECT_NE(waiter.ask(rule.command), "");
    EXPECT_EQ(stream.take(), rule.replayed) << "at once";
    other.ask("FLUSHALL");
    stream.take();
    stream.units = 0;
    EXPECT_EQ(waiter.ask(rule.command), "");
    EXPECT_EQ(stream.take(), "");
    other.ask(rule.push);
    EXPECT_EQ(stream.take(), std::string(rule.push) + "; " + rule.replayed_late) << "after a wait";
    EXPECT_EQ(stream.units, 2u) << "who pushed and who was served are two units";
    EXPECT_NE(waiter.receive(), "");
  }
  other.ask("FLUSHALL");
  waiter.ask("BLPOP q 0");
  stream.take();
  other.ask("MULTI\nRPUSH q a\nRPUSH q b\nEXEC");
  EXPECT_EQ(stream.take(), "MULTI; RPUSH q a; RPUSH q b; EXEC; LPOP q");
  host.server.get<WriteStream>().remove_sink(stream);
}

}  // namespace
}  // namespace strata::db
