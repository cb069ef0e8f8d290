// What other copies of the data replay, where chance decided here.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/commands/set_commands.h"
#include "02_data_types/families.h"
#include "02_data_types/tests/recorded_stream.h"

namespace strata::db {
namespace {

class SetReplayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    resp::install(host.server);
    install_lazy_free(host.server);
    install_write_stream(host.server);
    install_sets(host.server);
    host.start();
    host.server.get<WriteStream>().add_sink(stream);
    // A small set keeps each of the three ways of SPOP with a count within reach.
    peer.ask("SADD s m0 m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11");
    stream.take();
  }

  // What the command is replayed as, and by how much it raised `dirty`.
  std::string replay_of(std::string_view command, uint64_t* dirty) {
    const WriteEffects& effects = host.server.get<Keyspace>().effects;
    uint64_t before = effects.dirty;
    answer = peer.ask(command);
    *dirty = effects.dirty - before;
    return stream.take();
  }

  resp::ConnectedServer host;
  RecordedStream stream{WriteEffects::kFiles};
  resp::TestPeer peer = host.connect();
  std::string answer;
};

TEST_F(SetReplayTest, APopIsReplayedAsARemovalOfThatMember) {
  uint64_t dirty = 0;
  std::string replay = replay_of("SPOP s", &dirty);
  ASSERT_TRUE(replay.starts_with("SREM s m")) << replay;
  EXPECT_NE(answer.find("\r\n" + replay.substr(7) + "\r\n"), std::string::npos);
  EXPECT_EQ(dirty, 1u);
}

TEST_F(SetReplayTest, ManyPopsAreReplayedOneByOne) {
  const std::string kRemoval = "SREM s ";
  size_t left = 12;
  for (size_t count : {2, 8}) {  // the popped are chosen; those that stay are chosen
    uint64_t dirty = 0;
    std::string replay = replay_of("SPOP s " + std::to_string(count), &dirty);
    EXPECT_TRUE(replay.starts_with("MULTI; ") && replay.ends_with("; EXEC")) << replay;
    std::set<std::string> members;
    for (size_t at = replay.find(kRemoval); at != std::string::npos; at = replay.find(kRemoval, at)) {
      at += kRemoval.size();
      std::string member = replay.substr(at, replay.find(';', at) - at);
      members.insert(member);
      EXPECT_EQ(peer.ask("SISMEMBER s " + member), ":0\r\n");
    }
    EXPECT_EQ(members.size(), count);
    EXPECT_EQ(dirty, count);
    left -= count;
    EXPECT_EQ(peer.ask("SCARD s"), ":" + std::to_string(left) + "\r\n");
  }
}

TEST_F(SetReplayTest, PoppingAllIsReplayedAsADeletion) {
  uint64_t dirty = 0;
  EXPECT_EQ(replay_of("SPOP s 100", &dirty), "DEL s");
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
    std::string replay = replay_of(c.command, &dirty);
    EXPECT_EQ(replay, c.dirty > 0 ? c.command : "");
    EXPECT_EQ(dirty, c.dirty) << c.command;
  }
}

}  // namespace
}  // namespace strata::db
