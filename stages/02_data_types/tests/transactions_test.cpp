// Transactions: what they cost when nobody uses them, what is held during one and given back after it.
#include "02_data_types/transactions/transactions.h"

#include <gtest/gtest.h>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/families.h"

namespace strata::db {
namespace {

TEST(CommandQueueTest, ArgumentsAreCopies) {
  resp::CommandSpec spec{.name = "set", .flags = resp::kWrite};
  std::string words[] = {"set", "", std::string("a\0b", 3), std::string(100000, 'v')};
  CommandQueue queue;
  {
    std::vector<std::string_view> args(std::begin(words), std::end(words));
    std::vector<std::string> gone(args.begin(), args.end());
    std::vector<std::string_view> views(gone.begin(), gone.end());
    queue.push(spec, views);
  }
  ASSERT_EQ(queue.commands().size(), 1u);
  resp::Args args = queue.commands()[0].args();
  EXPECT_TRUE(std::equal(args.begin(), args.end(), std::begin(words), std::end(words)));
  EXPECT_EQ(&queue.commands()[0].spec(), &spec);
}

TEST(CommandQueueTest, ItsFiguresAddUp) {
  resp::CommandSpec write{.name = "set", .flags = resp::kWrite | resp::kDenyOom};
  resp::CommandSpec read{.name = "get", .flags = resp::kReadOnly};
  std::string_view args[] = {"get", "k"};
  CommandQueue queue;
  queue.push(read, args);
  EXPECT_EQ(queue.flags(), resp::kReadOnly);
  size_t one = queue.memory_bytes();
  queue.push(write, args);
  EXPECT_EQ(queue.flags(), resp::kReadOnly | resp::kWrite | resp::kDenyOom);
  EXPECT_EQ(queue.memory_bytes(), 2 * one);
  queue.clear();
  EXPECT_EQ(queue.memory_bytes(), 0u);
  EXPECT_EQ(queue.flags(), 0u);
}

class TransactionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    resp::install(host.server);
    install_transactions(host.server);
    host.start();
  }
  bool keys_are_watched() { return host.server.get<Keyspace>().events.anyone(); }

  resp::ConnectedServer host;
};

TEST_F(TransactionsTest, ChangesOfKeysCostNothingUnlessSomebodyWatches) {
  resp::TestPeer peer = host.connect();
  EXPECT_FALSE(keys_are_watched());
  for (const char* ending : {"UNWATCH", "MULTI\nDISCARD", "MULTI\nEXEC", "SET k v", "RESET"}) {
    peer.ask("UNWATCH\nWATCH k j");
    EXPECT_TRUE(keys_are_watched());
    peer.ask(ending);
    EXPECT_FALSE(keys_are_watched()) << ending;
  }
  peer.ask("UNWATCH\nWATCH k");
  EXPECT_TRUE(keys_are_watched());
  peer.close();
  EXPECT_FALSE(keys_are_watched()) << "the client is gone";
}

TEST_F(TransactionsTest, NothingOfATransactionIsHeldAfterIt) {
  resp::TestPeer peer = host.connect();
  resp::Client& client = *host.server.clients.by_id(1);
  for (const char* ending : {"EXEC", "DISCARD", "RESET", "EXEC now", "GET\nEXEC"}) {
    peer.ask("MULTI\nSET k v");
    EXPECT_TRUE(Transactions::open(client));
    EXPECT_NE(client.armed, 0u);
    peer.ask(ending);
    EXPECT_FALSE(Transactions::open(client)) << ending;
    EXPECT_EQ(client.armed, 0u) << ending;
  }
}

TEST_F(TransactionsTest, ExecCountsAsWhatWasQueued) {
  resp::TestPeer peer = host.connect();
  resp::Client& client = *host.server.clients.by_id(1);
  const resp::CommandSpec& exec = *host.server.commands.find("exec");
  const resp::CommandSpec& get = *host.server.commands.find("get");
  EXPECT_EQ(Transactions::flags_in_effect(client, exec), exec.flags);
  peer.ask("MULTI\nGET k");
  EXPECT_FALSE(Transactions::flags_in_effect(client, exec) & resp::kDenyOom);
  EXPECT_TRUE(Transactions::may_write(exec));
  EXPECT_FALSE(Transactions::may_write(get));
  EXPECT_FALSE(Transactions::writes(client, exec));
  peer.ask("SET k v");
  EXPECT_TRUE(Transactions::flags_in_effect(client, exec) & resp::kDenyOom);
  EXPECT_TRUE(Transactions::writes(client, exec));
  EXPECT_EQ(Transactions::flags_in_effect(client, get), get.flags);
}

TEST_F(TransactionsTest, TimeGoesOnAfterExec) {
  resp::TestPeer peer = host.connect();
  peer.ask("MULTI\nSET k v PX 20\nEXEC");
  int64_t end = host.server.loop.now_ms() + 5000;
  while (peer.ask("EXISTS k") == ":1\r\n" && host.server.loop.now_ms() < end) host.server.loop.run_once(5);
  EXPECT_EQ(peer.ask("EXISTS k"), ":0\r\n");
}

}  // namespace
}  // namespace strata::db
