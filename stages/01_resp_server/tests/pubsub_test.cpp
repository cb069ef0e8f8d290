#include "01_resp_server/pubsub/pubsub.h"

#include <gtest/gtest.h>

#include <deque>

#include "01_resp_server/commands/families.h"
#include "01_resp_server/tests/connected_server.h"

namespace strata::resp {
namespace {

class PubSubTest : public ::testing::Test {
 protected:
  void SetUp() override {
    install_connection_commands(host.server);
    install_client_commands(host.server);
    install_pubsub(host.server);
    host.start();
  }
  PubSub& pubsub() { return host.server.get<PubSub>(); }

  ConnectedServer host;
};

TEST_F(PubSubTest, AClientHearsAMessageOncePerSubscriptionThatMatches) {
  TestPeer peer = host.connect();
  peer.ask("SUBSCRIBE news\nPSUBSCRIBE n*");
  EXPECT_EQ(pubsub().publish("news", "x"), 2);
  EXPECT_EQ(pubsub().publish("nothing", "y"), 1);
  EXPECT_EQ(pubsub().publish("other", "z"), 0);
  EXPECT_EQ(peer.ask(""),
            "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n"
            "*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$1\r\nx\r\n"
            "*4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$7\r\nnothing\r\n$1\r\ny\r\n");
}

TEST_F(PubSubTest, SubscribersOfTheOlderProtocolMayRunLittleElse) {
  TestPeer peer = host.connect();
  peer.ask("SUBSCRIBE news");
  EXPECT_EQ(peer.ask("CLIENT ID"),
            "-ERR Can't execute 'client|id': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET "
            "are allowed "
            "in this context\r\n");
  EXPECT_EQ(peer.ask("PING hi"), "*2\r\n$4\r\npong\r\n$2\r\nhi\r\n");
  EXPECT_EQ(peer.ask("UNSUBSCRIBE"), "*3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:0\r\n");
  EXPECT_EQ(peer.ask("CLIENT ID"), ":1\r\n");
}

TEST_F(PubSubTest, SubscribersOfTheNewerProtocolMayRunEverything) {
  TestPeer peer = host.connect();
  peer.ask("HELLO 3");
  EXPECT_EQ(peer.ask("SUBSCRIBE news"), ">3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
  EXPECT_EQ(peer.ask("PUBLISH news x"), ">3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n:1\r\n");
  EXPECT_EQ(peer.ask("PING"), "+PONG\r\n");
}

TEST_F(PubSubTest, MessagesPassASilencedClient) {
  TestPeer peer = host.connect();
  peer.ask("CLIENT REPLY OFF");
  EXPECT_EQ(peer.ask("SUBSCRIBE news"), "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
  pubsub().publish("news", "x");
  EXPECT_EQ(peer.ask("PING"), "*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n");
}

TEST_F(PubSubTest, ClosingAndResettingEndSubscriptions) {
  TestPeer gone = host.connect();
  gone.ask("SUBSCRIBE a b\nPSUBSCRIBE p*");
  TestPeer reset = host.connect();
  reset.ask("SUBSCRIBE a\nPSUBSCRIBE p*");
  EXPECT_EQ(pubsub().channels().size(), 2u);
  gone.close();
  EXPECT_EQ(pubsub().channels().size(), 1u);
  EXPECT_EQ(pubsub().patterns().size(), 1u);
  EXPECT_EQ(reset.ask("RESET"), "+RESET\r\n");
  EXPECT_EQ(pubsub().channels().size(), 0u);
  EXPECT_EQ(pubsub().patterns().size(), 0u);
}

TEST_F(PubSubTest, ASubscriberThatDoesNotReadIsClosedAtItsLimit) {
  host.server.clients.limits[static_cast<size_t>(ClientClass::kPubsub)] = {100000, 0, 0};
  TestPeer slow = host.connect();
  slow.ask("SUBSCRIBE news");
  std::string message(50000, 'x');
  EXPECT_EQ(pubsub().publish("news", message), 1);
  EXPECT_EQ(pubsub().publish("news", message), 1);
  EXPECT_EQ(pubsub().publish("news", message), 0) << "over its limit: it is not counted any more";
  TestPeer other = host.connect();
  EXPECT_EQ(other.ask("PING"), "+PONG\r\n");
  EXPECT_EQ(host.server.clients.count(), 1u);
}

TEST_F(PubSubTest, OthersHearWhatClientsPublish) {
  std::string heard;
  pubsub().on_publish([&](Client&, std::string_view channel, std::string_view message) {
    heard += std::string(channel) + "=" + std::string(message) + ";";
  });
  TestPeer peer = host.connect();
  peer.ask("PUBLISH a 1\nPUBLISH b 2");
  pubsub().publish("c", "3");
  EXPECT_EQ(heard, "a=1;b=2;") << "only what clients published";
}

TEST_F(PubSubTest, AllOfManySubscribersReceive) {
  std::deque<TestPeer> peers;
  for (int i = 0; i < 200; i++) {
    peers.push_back(host.connect());
    peers.back().ask(i % 2 == 0 ? "SUBSCRIBE news" : "HELLO 3\nSUBSCRIBE news");
  }
  EXPECT_EQ(pubsub().publish("news", "x"), 200);
  host.server.loop.run_once(0);
  for (size_t i = 0; i < peers.size(); i++) {
    EXPECT_EQ(peers[i].receive(),
              std::string(i % 2 == 0 ? "*" : ">") + "3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n");
  }
}

}  // namespace
}  // namespace strata::resp
