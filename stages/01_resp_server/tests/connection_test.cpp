// PING, AUTH, HELLO, RESET, CLIENT REPLY: what a connection can do about itself.
#include <gtest/gtest.h>

#include "01_resp_server/commands/auth.h"
#include "01_resp_server/commands/default_user.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/tests/connected_server.h"
#include "common/text.h"

namespace strata::resp {
namespace {

constexpr std::string_view kNoAuthReply = "-NOAUTH Authentication required.\r\n";
constexpr std::string_view kWrongPassReply = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";

TEST(ConstantTime, ComparesWholeStrings) {
  EXPECT_TRUE(equal_in_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secreT", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secre", "secret"));
  EXPECT_FALSE(equal_in_constant_time("secretsecret", "secret"));
  EXPECT_FALSE(equal_in_constant_time("", "secret"));
  EXPECT_FALSE(equal_in_constant_time("x", ""));
  EXPECT_TRUE(equal_in_constant_time("", ""));
}

constexpr std::string_view kDigestOfA = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

Expected<std::string> read_user(const std::string& line) { return read_default_user(*split_args(line)); }

TEST(DefaultUser, IsWhatRedisWrites) {
  EXPECT_EQ(sha256_hex("a"), kDigestOfA);
  EXPECT_EQ(*read_user("default on nopass ~* &* +@all"), "");
  EXPECT_EQ(*read_user(fmt::format("default on #{} ~* &* +@all", kDigestOfA)), kDigestOfA);
  EXPECT_EQ(*read_user(fmt::format("default on sanitize-payload #{} allkeys allchannels allcommands", kDigestOfA)),
            kDigestOfA);
  for (const std::string_view digest : {std::string_view(), kDigestOfA}) {
    EXPECT_EQ(*read_user(default_user_line(digest).substr(5)), digest);
  }
}

TEST(DefaultUser, AnythingElseIsRefused) {
  for (const std::string line :
       {"default", "default on", "default on nopass", "default on nopass ~* &*", "default on ~* &* +@all",
        "default nopass ~* &* +@all", "default off nopass ~* &* +@all", "other on nopass ~* &* +@all",
        "default on nopass ~* &* +@all -get", "default on nopass ~a* &* +@all", "default on >secret ~* &* +@all",
        "default on #12 ~* &* +@all", "default on nopass ~* &* +@all \"\"", ""}) {
    EXPECT_FALSE(read_user(line).ok()) << line;
  }
  EXPECT_FALSE(read_user(fmt::format("default on nopass #{} ~* &* +@all", kDigestOfA)).ok()) << "which of the two?";
}

class ConnectionTest : public ::testing::Test {
 protected:
  void start(const std::string& password = "") {
    install_connection_commands(host.server);
    install_client_commands(host.server);
    install_pubsub(host.server);
    if (!password.empty()) {
      ASSERT_TRUE(host.server.config.apply("requirepass", {password}).ok());
    }
    host.start();
  }
  void set_password(const std::string& password) {
    Option* option = host.server.config.find("requirepass");
    ASSERT_TRUE(option->set({password}).ok());
    ASSERT_TRUE(option->traits().on_change().ok());
  }
  ConnectedServer host;
};

TEST_F(ConnectionTest, NothingRunsBeforeThePasswordIsGiven) {
  start("s3cret");
  TestPeer peer = host.connect();
  EXPECT_EQ(peer.ask("PING"), kNoAuthReply);
  EXPECT_EQ(peer.ask("AUTH wrong"), kWrongPassReply);
  EXPECT_EQ(peer.ask("PING"), kNoAuthReply);
  EXPECT_EQ(peer.ask("AUTH s3cret"), "+OK\r\n");
  EXPECT_EQ(peer.ask("PING"), "+PONG\r\n");
  EXPECT_EQ(peer.ask("AUTH other s3cret"), kWrongPassReply);
  EXPECT_EQ(peer.ask("PING"), "+PONG\r\n") << "a failed AUTH must not log out";
  EXPECT_EQ(peer.ask("RESET"), "+RESET\r\n");
  EXPECT_EQ(peer.ask("PING"), kNoAuthReply);
}

TEST_F(ConnectionTest, OthersAreServedInTheMiddleOfACommand) {
  static TestPeer* other = nullptr;
  static std::string said;
  host.server.commands.add({.name = "long", .arity = 2, .flags = kFast, .run = [](Client& client, Args args) {
                              other->send("PING");
                              for (int i = 0; i < 3; i++) client.server.serve_while_busy();
                              said = other->receive();
                              client.reply.bulk(args[1]);
                            }});
  start();
  TestPeer peer = host.connect();
  TestPeer second = host.connect();
  other = &second;
  EXPECT_EQ(peer.ask("LONG argument\r\nECHO next"), "$8\r\nargument\r\n$4\r\nnext\r\n");
  EXPECT_EQ(said, "+PONG\r\n");
}

TEST_F(ConnectionTest, ANewPasswordConcernsNewConnections) {
  start();
  TestPeer before = host.connect();
  EXPECT_EQ(before.ask("PING"), "+PONG\r\n");
  set_password("s3cret");
  EXPECT_TRUE(host.server.clients.password_required);
  TestPeer after = host.connect();
  EXPECT_EQ(before.ask("PING"), "+PONG\r\n");
  EXPECT_EQ(after.ask("PING"), kNoAuthReply);
  set_password("");
  EXPECT_EQ(after.ask("PING"), "+PONG\r\n");
  EXPECT_FALSE(host.server.clients.password_required);
}

TEST_F(ConnectionTest, HelloTakesItsOptionsInOrderAndTheProtocolLast) {
  start("s3cret");
  TestPeer peer = host.connect();
  EXPECT_EQ(peer.ask("HELLO 3 AUTH default s3cret SETNAME \"a b\""),
            "-ERR Client names cannot contain spaces, newlines or special characters.\r\n");
  EXPECT_EQ(peer.ask("PING"), "+PONG\r\n");
  EXPECT_EQ(peer.ask("CLIENT GETNAME"), "$-1\r\n");
  EXPECT_EQ(peer.ask("HELLO 4"), "-NOPROTO unsupported protocol version\r\n");
  EXPECT_EQ(peer.ask("HELLO 3 AUTH default nope"), kWrongPassReply);
  EXPECT_EQ(peer.ask("HELLO 3 AUTH default s3cret SETNAME me").substr(0, 4), "%7\r\n");
  EXPECT_EQ(peer.ask("CLIENT GETNAME"), "$2\r\nme\r\n");
}

TEST_F(ConnectionTest, ResetForgetsNameProtocolAndSilence) {
  start();
  TestPeer peer = host.connect();
  peer.ask("HELLO 3 SETNAME me");
  EXPECT_EQ(peer.ask("CLIENT REPLY OFF"), "");
  EXPECT_EQ(peer.ask("RESET"), "+RESET\r\n");
  EXPECT_EQ(peer.ask("CLIENT GETNAME"), "$-1\r\n");
}

TEST_F(ConnectionTest, SkipSilencesExactlyOneCommand) {
  start();
  TestPeer peer = host.connect();
  EXPECT_EQ(peer.ask("CLIENT REPLY SKIP\nPING 1\nPING 2"), "$1\r\n2\r\n");
  EXPECT_EQ(peer.ask("CLIENT REPLY SKIP\nCLIENT REPLY SKIP\nPING 1\nPING 2"), "$1\r\n2\r\n");
  EXPECT_EQ(peer.ask("CLIENT REPLY SKIP\nNOSUCH\nPING 2"), "$1\r\n2\r\n") << "a refused command counts too";
  EXPECT_EQ(peer.ask("CLIENT REPLY SKIP\nCLIENT REPLY ON\nPING 1"), "+OK\r\n$1\r\n1\r\n");
  EXPECT_EQ(peer.ask("CLIENT REPLY OFF\nCLIENT REPLY SKIP\nPING 1\nNOSUCH\nPING 2"), "");
  EXPECT_EQ(peer.ask("CLIENT REPLY ON"), "+OK\r\n");
}

TEST_F(ConnectionTest, QuitAnswersAndIgnoresTheRest) {
  start();
  TestPeer peer = host.connect();
  EXPECT_EQ(peer.ask("QUIT\nPING"), "+OK\r\n<closed>");
  EXPECT_EQ(host.server.clients.count(), 0u);
}

}  // namespace
}  // namespace strata::resp
