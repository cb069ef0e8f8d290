// What other copies of the data replay, where chance decided here.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/commands/set_commands.h"
#include "02_data_types/families.h"

namespace strata::db {
namespace {

using Command = std::vector<std::string>;

class SetReplayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    resp::install(host.server);
    install_sets(host.server);
    host.start();
    effects().wanted = true;
    // A small set keeps each of the three ways of SPOP with a count within reach.
    peer.ask("SADD s m0 m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11");
  }
  WriteEffects& effects() { return host.server.get<Keyspace>().effects; }

  // What the command leaves to be replayed, and by how much it raised `dirty`.
  std::vector<Command> replay_of(std::string_view command, uint64_t* dirty) {
    effects().begin_command();
    uint64_t before = effects().dirty;
    answer = peer.ask(command);
    *dirty = effects().dirty - before;
    return effects().instead;
  }

  resp::ConnectedServer host;
  resp::TestPeer peer = host.connect();
  std::string answer;
};

TEST_F(SetReplayTest, APopIsReplayedAsARemovalOfThatMember) {
  uint64_t dirty = 0;
  std::vector<Command> replay = replay_of("SPOP s", &dirty);
  ASSERT_EQ(replay.size(), 1u);
  ASSERT_EQ(replay[0].size(), 3u);
  EXPECT_EQ(replay[0][0] + " " + replay[0][1], "SREM s");
  EXPECT_NE(answer.find("\r\n" + replay[0][2] + "\r\n"), std::string::npos);
  EXPECT_EQ(dirty, 1u);
}

TEST_F(SetReplayTest, ManyPopsAreReplayedOneByOne) {
  size_t left = 12;
  for (size_t count : {2, 8}) {  // the popped are chosen; those that stay are chosen
    uint64_t dirty = 0;
    std::vector<Command> replay = replay_of("SPOP s " + std::to_string(count), &dirty);
    std::set<std::string> members;
    for (const Command& command : replay) {
      ASSERT_EQ(command.size(), 3u);
      EXPECT_EQ(command[0] + " " + command[1], "SREM s");
      members.insert(command[2]);
      EXPECT_EQ(peer.ask("SISMEMBER s " + command[2]), ":0\r\n");
    }
    EXPECT_EQ(members.size(), count);
    EXPECT_EQ(dirty, count);
    left -= count;
    EXPECT_EQ(peer.ask("SCARD s"), ":" + std::to_string(left) + "\r\n");
  }
}

TEST_F(SetReplayTest, PoppingAllIsReplayedAsADeletion) {
  uint64_t dirty = 0;
  EXPECT_EQ(replay_of("SPOP s 100", &dirty), (std::vector<Command>{{"DEL", "s"}}));
  EXPECT_EQ(dirty, 1u);
  EXPECT_EQ(peer.ask("EXISTS s"), ":0\r\n");
}

TEST_F(SetReplayTest, TheRestIsReplayedAsItWasGiven) {
  struct Case {
    const char* command;
    uint64_t dirty;
  };
  for (Case c : {Case{"SADD s m0 new1 new2", 2}, Case{"SADD s new1", 0}, Case{"SREM s new1 nothing new2", 2},
                 Case{"SMOVE s t m0", 2}, Case{"SADD s m0", 1}, Case{"SMOVE s t m0", 1}, Case{"SMOVE s s m1", 0},
                 Case{"SMOVE s t nothing", 0}, Case{"SUNIONSTORE u s t", 1}, Case{"SINTERSTORE u s t", 1},
                 Case{"SINTERSTORE u s t", 0}, Case{"SDIFFSTORE u s t", 1}, Case{"SPOP s 0", 0}, Case{"SPOP none", 0},
                 Case{"SRANDMEMBER s 3", 0}}) {
    uint64_t dirty = 0;
    EXPECT_TRUE(replay_of(c.command, &dirty).empty()) << c.command;
    EXPECT_EQ(dirty, c.dirty) << c.command;
  }
}

}  // namespace
}  // namespace strata::db
