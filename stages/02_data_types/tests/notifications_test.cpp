// Notifications: which letters of notify-keyspace-events are taken, how they are spelt, what is published.
#include "02_data_types/notifications/notifications.h"

#include <gtest/gtest.h>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/families.h"

namespace strata::db {
namespace {

class NotificationsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    resp::install(host.server);
    install_notifications(host.server);
    host.start();
  }
  Notifications& notifications() { return host.server.get<Notifications>(); }

  resp::ConnectedServer host;
};

TEST_F(NotificationsTest, TheLettersAreShownInOneOrder) {
  EXPECT_EQ(notifications().letters(), "");
  EXPECT_TRUE(notifications().set_letters("nEKxg$").ok());
  EXPECT_EQ(notifications().letters(), "g$xnKE");
  EXPECT_TRUE(notifications().set_letters("mg$lshzxetdE").ok());
  EXPECT_EQ(notifications().letters(), "AEm");
  EXPECT_EQ(notifications().set_letters("KEq").message(), "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
  EXPECT_EQ(notifications().letters(), "AEm") << "a refused value changes nothing";
}

TEST_F(NotificationsTest, NobodyListensToKeysWithoutAChannelAndAClass) {
  const KeyEvents& events = host.server.get<Keyspace>().events;
  EXPECT_FALSE(events.anyone());
  for (const char* deaf : {"A", "KE", ""}) {
    EXPECT_TRUE(notifications().set_letters(deaf).ok());
    EXPECT_FALSE(events.anyone()) << deaf;
  }
  EXPECT_TRUE(notifications().set_letters("Kg").ok());
  EXPECT_TRUE(events.anyone());
  EXPECT_TRUE(notifications().set_letters("").ok());
  EXPECT_FALSE(events.anyone());
}

TEST_F(NotificationsTest, AChangeIsPublishedUnderItsKeyThenUnderItsEvent) {
  EXPECT_TRUE(notifications().set_letters("KE$").ok());
  resp::TestPeer listener = host.connect();
  resp::TestPeer writer = host.connect();
  listener.ask("SUBSCRIBE __keyspace@0__:k __keyevent@0__:set");
  EXPECT_EQ(writer.ask("SET k v EX 100"), "+OK\r\n");
  EXPECT_EQ(listener.receive(),
            "*3\r\n$7\r\nmessage\r\n$16\r\n__keyspace@0__:k\r\n$3\r\nset\r\n"
            "*3\r\n$7\r\nmessage\r\n$18\r\n__keyevent@0__:set\r\n$1\r\nk\r\n");
}

}  // namespace
}  // namespace strata::db
