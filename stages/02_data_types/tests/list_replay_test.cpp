// What other copies of the data replay after list commands.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "01_resp_server/install.h"
#include "01_resp_server/tests/connected_server.h"
#include "02_data_types/commands/list_commands.h"
#include "02_data_types/families.h"

namespace strata::db {
namespace {

using Replay = std::vector<std::vector<std::string>>;

class ListReplayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    resp::install(host.server);
    install_lazy_free(host.server);
    install_lists(host.server);
    host.start();
    effects().wanted = true;
    peer.ask("RPUSH l a b c d e");
  }
  WriteEffects& effects() { return host.server.get<Keyspace>().effects; }

  Replay replay_of(std::string_view command) {
    effects().begin_command();
    peer.ask(command);
    return effects().instead;
  }

  resp::ConnectedServer host;
  resp::TestPeer peer = host.connect();
};

TEST_F(ListReplayTest, MultiPopNamesItsListAndHowManyItTook) {
  EXPECT_EQ(replay_of("LMPOP 2 none l LEFT"), (Replay{{"LPOP", "l", "1"}}));
  EXPECT_EQ(replay_of("LMPOP 2 none l RIGHT COUNT 100"), (Replay{{"RPOP", "l", "4"}}));
  EXPECT_EQ(replay_of("LMPOP 2 none l RIGHT COUNT 100"), Replay{});
}

TEST_F(ListReplayTest, TheOthersAreReplayedAsTheyWereGiven) {
  for (const char* command : {"LPUSH l x", "LPOP l", "RPOP l 2", "LMOVE l l LEFT RIGHT", "LREM l 1 b", "LTRIM l 0 0"}) {
    uint64_t before = effects().dirty;
    EXPECT_EQ(replay_of(command), Replay{}) << command;
    EXPECT_GT(effects().dirty, before) << command;
    EXPECT_FALSE(effects().suppressed) << command;
  }
}

}  // namespace
}  // namespace strata::db
