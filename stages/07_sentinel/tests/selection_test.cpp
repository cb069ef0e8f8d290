// failover/selection.h: who may become the master, and who of them does.
#include "07_sentinel/failover/selection.h"

#include <gtest/gtest.h>

namespace strata::sentinel {
namespace {

struct SelectionTest : ::testing::Test {
  SelectionTest() {
    master.s_down = true;
    master.s_down_since_ms = now - 5000;
    master.down_after_ms = 1000;
  }
  Replica& add(const std::string& name) {
    auto& place = master.replicas[name];
    place = std::make_unique<Replica>(master, name, Address{"127.0.0.1", "127.0.0.1", 6380});
    place->link->disconnected = false;
    place->link->last_avail_ms = now;
    place->info_refreshed_ms = now;
    place->run_id = name;
    return *place;
  }
  std::string selected() const {
    const Replica* chosen = select_replica(master, timing, now);
    return chosen == nullptr ? "" : chosen->name;
  }

  const int64_t now = now_ms();
  Timing timing;
  Master master{"m", Address{"127.0.0.1", "127.0.0.1", 6379}, 1, timing};
};

TEST_F(SelectionTest, NobodyToChoose) { EXPECT_EQ(selected(), ""); }

TEST_F(SelectionTest, PriorityThenOffsetThenRunId) {
  add("bb");
  add("Aa");
  EXPECT_EQ(selected(), "Aa");  // in any case
  master.replicas["bb"]->offset = 1;
  EXPECT_EQ(selected(), "bb");
  master.replicas["Aa"]->priority = 99;
  EXPECT_EQ(selected(), "Aa");
}

TEST_F(SelectionTest, AnUnknownRunIdComesLast) {
  add("a").run_id.clear();
  add("b");
  EXPECT_EQ(selected(), "b");
}

TEST_F(SelectionTest, ThoseWhoWillNotDo) {
  Replica& replica = add("a");
  const auto only_with = [&](auto& field, auto value) {
    const auto before = std::exchange(field, value);
    const std::string chosen = selected();
    field = before;
    return chosen;
  };
  EXPECT_EQ(only_with(replica.s_down, true), "");
  EXPECT_EQ(only_with(replica.link->disconnected, true), "");
  EXPECT_EQ(only_with(replica.priority, 0), "");
  EXPECT_EQ(only_with(replica.link->last_avail_ms, now - 5001), "");
  EXPECT_EQ(only_with(replica.link->last_avail_ms, now - 5000), "a");
  EXPECT_EQ(only_with(replica.info_refreshed_ms, now - 5001), "");
  EXPECT_EQ(only_with(replica.info_refreshed_ms, now - 5000), "a");
  EXPECT_EQ(only_with(replica.master_link_down_ms, int64_t{15'001}), "");
  EXPECT_EQ(only_with(replica.master_link_down_ms, int64_t{15'000}), "a");
  EXPECT_EQ(only_with(replica.announced, false), "a");  // hidden, but fit for it
}

TEST_F(SelectionTest, WhileTheMasterIsUpInfoMayBeOlderAndLinksMustNotBeDown) {
  master.s_down = false;
  Replica& replica = add("a");
  replica.info_refreshed_ms = now - 30'000;
  EXPECT_EQ(selected(), "a");
  replica.info_refreshed_ms = now - 30'001;
  EXPECT_EQ(selected(), "");
  replica.info_refreshed_ms = now;
  replica.master_link_down_ms = 10'001;
  EXPECT_EQ(selected(), "");
}

}  // namespace
}  // namespace strata::sentinel
