// monitor/hello_exchange.h, failover/votes.h: what a sentinel makes of what others say. Nobody is connected here.
#include <gtest/gtest.h>

#include "01_resp_server/install.h"
#include "07_sentinel/failover/failover.h"
#include "07_sentinel/failover/votes.h"
#include "07_sentinel/install.h"
#include "07_sentinel/model/directory.h"
#include "07_sentinel/monitor/down.h"
#include "07_sentinel/monitor/hello_exchange.h"

namespace strata::sentinel {
namespace {

const std::string kMe(40, 'a');
const std::string kOther(40, 'b');
const std::string kThird(40, 'c');

resp::Server& installed(resp::Server& server) {
  resp::install_server(server);
  strata::sentinel::install(server);
  return server;
}

struct AgreementTest : ::testing::Test {
  AgreementTest() { me.id = kMe; }
  Master& add(const std::string& name, int port) { return **add_master(me, name, "127.0.0.1", port, 2); }
  void hear(const std::string& id, int port, uint64_t epoch, const std::string& name, int master_port,
            uint64_t config_epoch) {
    take_hello(me, format_hello({"127.0.0.1", port, id, epoch, name, "127.0.0.1", master_port, config_epoch}));
  }

  resp::Server server;
  Sentinel& me = installed(server).get<Sentinel>();
  Master& master = add("m", 6379);
};

TEST_F(AgreementTest, AHelloMakesASentinelKnown) {
  hear(kOther, 5001, 3, "nobody", 6379, 0);
  EXPECT_TRUE(master.sentinels.empty());
  hear(kOther, 5001, 3, "m", 6379, 0);
  ASSERT_EQ(master.sentinels.size(), 1u);
  EXPECT_EQ(master.sentinels[kOther]->address.port, 5001);
  EXPECT_EQ(me.current_epoch, 3u);
  hear(kOther, 5001, 2, "m", 6379, 0);
  EXPECT_EQ(me.current_epoch, 3u);
}

TEST_F(AgreementTest, ASentinelThatMovedIsTheSameOne) {
  Master& second = add("n", 6380);
  hear(kOther, 5001, 0, "m", 6379, 0);
  hear(kOther, 5001, 0, "n", 6380, 0);
  EXPECT_EQ(master.sentinels[kOther]->link, second.sentinels[kOther]->link);
  EXPECT_EQ(master.sentinels[kOther]->link->users, 2);
  hear(kOther, 5002, 0, "m", 6379, 0);
  EXPECT_EQ(master.sentinels[kOther]->address.port, 5002);
  EXPECT_EQ(second.sentinels[kOther]->address.port, 5002);
  EXPECT_EQ(second.sentinels[kOther]->link->users, 2);
}

TEST_F(AgreementTest, AnotherIdAtTheSameAddressReplacesIt) {
  Master& second = add("n", 6380);
  hear(kOther, 5001, 0, "m", 6379, 0);
  hear(kOther, 5001, 0, "n", 6380, 0);
  hear(kThird, 5001, 0, "m", 6379, 0);
  EXPECT_EQ(master.sentinels.size(), 1u);
  EXPECT_TRUE(master.sentinels.contains(kThird));
  EXPECT_TRUE(second.sentinels.empty());
}

TEST_F(AgreementTest, TheNewerConfigurationWins) {
  ASSERT_TRUE(add_replica(me, master, "127.0.0.1", 6380).ok());
  ASSERT_TRUE(add_replica(me, master, "127.0.0.1", 6381).ok());
  hear(kOther, 5001, 1, "m", 6380, 1);
  EXPECT_EQ(master.address.port, 6380);
  EXPECT_EQ(master.config_epoch, 1u);
  EXPECT_EQ(master.replicas.size(), 2u);
  EXPECT_TRUE(master.replicas.contains("127.0.0.1:6379"));
  EXPECT_TRUE(master.replicas.contains("127.0.0.1:6381"));
  EXPECT_EQ(master.sentinels.size(), 1u);
  hear(kOther, 5001, 1, "m", 6381, 1);  // not newer
  EXPECT_EQ(master.address.port, 6380);
  hear(kOther, 5001, 5, "m", 6380, 5);  // the same place, confirmed later
  EXPECT_EQ(master.config_epoch, 5u);
  EXPECT_EQ(master.replicas.size(), 2u);
}

TEST_F(AgreementTest, OneVoteInAnEpoch) {
  vote(me, master, 7, kOther);
  EXPECT_EQ(master.leader, kOther);
  EXPECT_EQ(master.leader_epoch, 7u);
  EXPECT_EQ(me.current_epoch, 7u);
  EXPECT_GT(master.failover.started_ms, 0);  // its own attempt has to wait
  vote(me, master, 7, kThird);
  vote(me, master, 6, kThird);
  EXPECT_EQ(master.leader, kOther);
  vote(me, master, 8, kThird);
  EXPECT_EQ(master.leader, kThird);
}

TEST_F(AgreementTest, TheOwnVoteFollowsTheMajority) {
  hear(kOther, 5001, 4, "m", 6379, 0);
  hear(kThird, 5002, 4, "m", 6379, 0);
  master.sentinels[kOther]->leader = kThird;
  master.sentinels[kOther]->leader_epoch = 4;
  EXPECT_EQ(elect(me, master, 4), kThird);
  EXPECT_EQ(master.leader, kThird);
}

TEST_F(AgreementTest, VotesOfAnotherEpochDoNotCount) {
  hear(kOther, 5001, 4, "m", 6379, 0);
  hear(kThird, 5002, 4, "m", 6379, 0);
  master.sentinels[kOther]->leader = kThird;
  master.sentinels[kOther]->leader_epoch = 3;
  EXPECT_EQ(elect(me, master, 4), "");
  EXPECT_EQ(master.leader, kMe);
}

TEST_F(AgreementTest, ObjectivelyDownByQuorum) {
  hear(kOther, 5001, 0, "m", 6379, 0);
  master.sentinels[kOther]->says_down = true;
  check_objectively_down(me, master);
  EXPECT_FALSE(master.o_down);  // not without seeing it oneself
  master.s_down = true;
  check_objectively_down(me, master);
  EXPECT_TRUE(master.o_down);
  master.sentinels[kOther]->says_down = false;
  check_objectively_down(me, master);
  EXPECT_FALSE(master.o_down);
}

TEST_F(AgreementTest, TheNextFailoverWaits) {
  master.s_down = master.o_down = true;
  EXPECT_TRUE(start_failover_if_needed(me, master));
  EXPECT_EQ(me.current_epoch, 1u);
  EXPECT_FALSE(start_failover_if_needed(me, master));  // under way
  master.failover.enter(FailoverState::kNone);
  EXPECT_FALSE(start_failover_if_needed(me, master));
  master.failover.started_ms -= 2 * master.failover_timeout_ms + 1000;
  EXPECT_TRUE(start_failover_if_needed(me, master));
}

}  // namespace
}  // namespace strata::sentinel
