// CLIENT LIST, KILL and PAUSE: what clients may do to each other.
#include <gtest/gtest.h>

#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/commands/client_pause.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/tests/connected_server.h"

namespace strata::resp {
namespace {

class ClientCommandsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    install_connection_commands(host.server);
    install_client_commands(host.server);
    install_pubsub(host.server);
    install_monitor(host.server);
    host.server.commands.add({.name = "writes", .arity = 2, .flags = kWrite, .run = [](Client& client, Args args) {
                                client.reply.bulk(args[1]);
                              }});
    host.start();
  }
  ClientPause& pause() { return host.server.get<ClientPause>(); }
  int64_t in(int64_t ms) { return host.server.loop.now_ms() + ms; }

  ConnectedServer host;
};

TEST_F(ClientCommandsTest, AListLineHasItsFieldsInOrder) {
  TestPeer peer = host.connect();
  peer.ask("CLIENT SETNAME me");
  std::string line = peer.ask("CLIENT INFO");
  size_t at = 0;
  for (const char* field : {"id=1 ",         "addr=",        "laddr=",    "fd=",       "name=me ",
                            "age=",          "idle=",        "flags=U ",  "db=0 ",     "sub=0 ",
                            "psub=0 ",       "ssub=0 ",      "multi=-1 ", "qbuf=",     "qbuf-free=",
                            "argv-mem=",     "multi-mem=0 ", "rbs=",      "rbp=",      "obl=",
                            "oll=",          "omem=",        "tot-mem=",  "events=r ", "cmd=client|info ",
                            "user=default ", "redir=-1 ",    "resp=2\n"}) {
    size_t found = line.find(field, at);
    ASSERT_NE(found, std::string::npos) << field << " is missing or misplaced in " << line;
    at = found;
  }
}

TEST_F(ClientCommandsTest, FlagsAreShownInAFixedOrder) {
  TestPeer peer = host.connect();
  peer.ask("CLIENT NO-EVICT ON\nHELLO 3");
  peer.ask("SUBSCRIBE a");
  EXPECT_NE(peer.ask("CLIENT INFO").find(" flags=PUe "), std::string::npos);
  ClientLines::of(host.server).set_flag('x', [](const Client&) { return true; });
  EXPECT_NE(peer.ask("CLIENT INFO").find(" flags=PxUe "), std::string::npos);
}

TEST_F(ClientCommandsTest, KilledClientsAreGoneAtOnceForEverybody) {
  TestPeer killer = host.connect();
  TestPeer victim = host.connect();
  victim.ask("SUBSCRIBE a");
  std::string replies = killer.ask("CLIENT KILL ID 2\nPUBLISH a x\nCLIENT LIST ID 2\nCLIENT KILL ID 2");
  EXPECT_EQ(replies, ":1\r\n:0\r\n$0\r\n\r\n:0\r\n");
  EXPECT_EQ(victim.receive(), "<closed>");
  EXPECT_EQ(host.server.clients.count(), 1u);
}

TEST_F(ClientCommandsTest, WhoeverKillsItselfHearsOfIt) {
  TestPeer peer = host.connect();
  EXPECT_EQ(peer.ask("CLIENT KILL TYPE normal"), ":0\r\n");
  EXPECT_EQ(peer.ask("CLIENT KILL TYPE normal SKIPME no\nPING"), ":1\r\n<closed>");
}

TEST_F(ClientCommandsTest, APauseOfWritesHoldsWritesInOrderAndLetsReadsThrough) {
  TestPeer other = host.connect();
  TestPeer peer = host.connect();
  EXPECT_EQ(other.ask("CLIENT PAUSE 100000 WRITE"), "+OK\r\n");
  EXPECT_EQ(peer.ask("PING 1\nWRITES 2\nPING 3"), "$1\r\n1\r\n");
  EXPECT_NE(other.ask("CLIENT LIST ID 2").find(" flags=bU "), std::string::npos);
  EXPECT_EQ(other.ask("CLIENT UNPAUSE"), "+OK\r\n");
  EXPECT_EQ(peer.receive(), "$1\r\n2\r\n$1\r\n3\r\n");
  EXPECT_EQ(host.server.armed, 0u) << "without a pause no command may pay for it";
}

TEST_F(ClientCommandsTest, APauseEndsByItself) {
  TestPeer peer = host.connect();
  int64_t before = mono_ms();
  EXPECT_EQ(peer.ask("CLIENT PAUSE 60 ALL"), "+OK\r\n");
  EXPECT_EQ(peer.ask("PING"), "");
  EXPECT_EQ(peer.wait(), "+PONG\r\n");
  EXPECT_GE(mono_ms() - before, 59);
}

TEST_F(ClientCommandsTest, APauseIsNeitherShortenedNorWeakened) {
  pause().pause(ClientPause::Purpose::kCommand, ClientPause::Mode::kAll, in(100000));
  pause().pause(ClientPause::Purpose::kCommand, ClientPause::Mode::kWrites, in(1));
  EXPECT_EQ(pause().mode(), ClientPause::Mode::kAll);
  pause().unpause(ClientPause::Purpose::kCommand);
  EXPECT_EQ(pause().mode(), ClientPause::Mode::kNone);
}

TEST_F(ClientCommandsTest, TheStrictestPurposeCounts) {
  pause().pause(ClientPause::Purpose::kFailover, ClientPause::Mode::kWrites, in(100000));
  pause().pause(ClientPause::Purpose::kCommand, ClientPause::Mode::kAll, in(100000));
  TestPeer reader = host.connect();
  TestPeer writer = host.connect();
  EXPECT_EQ(reader.ask("PING"), "");
  EXPECT_EQ(writer.ask("WRITES x"), "");
  pause().unpause(ClientPause::Purpose::kCommand);
  EXPECT_EQ(reader.wait(), "+PONG\r\n");
  EXPECT_EQ(writer.ask(""), "") << "the failover's pause still holds writes";
  pause().unpause(ClientPause::Purpose::kFailover);
  EXPECT_EQ(writer.wait(), "$1\r\nx\r\n");
}

TEST_F(ClientCommandsTest, AClientMayLeaveWhileItIsHeld) {
  TestPeer other = host.connect();
  TestPeer peer = host.connect();
  other.ask("CLIENT PAUSE 100000 WRITE");
  EXPECT_EQ(peer.ask("WRITES x"), "");
  EXPECT_EQ(pause().held_count(), 1u);
  peer.close();
  EXPECT_EQ(pause().held_count(), 0u);
  EXPECT_EQ(other.ask("CLIENT UNPAUSE"), "+OK\r\n");
  EXPECT_EQ(host.server.clients.count(), 1u);
}

TEST_F(ClientCommandsTest, MonitorsSeeWhatRanWithoutSecrets) {
  TestPeer monitor = host.connect();
  EXPECT_EQ(monitor.ask("MONITOR"), "+OK\r\n");
  TestPeer peer = host.connect();
  peer.ask(
      "WRITES \"a\\\"b\\xff\"\nAUTH default pw\nHELLO 2 AUTH default pw SETNAME me\nCLIENT "
      "LIST\nNOSUCH\nPING");
  std::string feed = monitor.receive();
  EXPECT_NE(feed.find("] \"WRITES\" \"a\\\"b\\xff\"\r\n"), std::string::npos) << feed;
  EXPECT_NE(feed.find("] \"AUTH\" \"(redacted)\" \"(redacted)\"\r\n"), std::string::npos) << feed;
  EXPECT_NE(feed.find("] \"HELLO\" \"2\" \"AUTH\" \"(redacted)\" \"(redacted)\" \"SETNAME\" \"me\"\r\n"),
            std::string::npos);
  EXPECT_EQ(feed.find("pw"), std::string::npos);
  EXPECT_EQ(feed.find("LIST"), std::string::npos) << "administrative commands are not shown";
  EXPECT_EQ(feed.find("NOSUCH"), std::string::npos);
  EXPECT_EQ(monitor.ask("WRITES x"), "-ERR Replica can't interact with the keyspace\r\n");
  EXPECT_EQ(monitor.ask("RESET"), "+RESET\r\n");
  peer.ask("PING");
  EXPECT_EQ(monitor.ask("WRITES x"), "$1\r\nx\r\n") << "after RESET it is an ordinary client again";
}

}  // namespace
}  // namespace strata::resp
