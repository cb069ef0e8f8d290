// Members of a cluster on a simulated network: joining, failures, elections, splits.
#include <gtest/gtest.h>

#include "08_cluster/simulation/simulation.h"
#include "common/log.h"

namespace strata::cluster {
namespace {

class MemberTest : public ::testing::Test {
 protected:
  MemberTest() { set_log_level(LogLevel::kWarning); }

  int masters_of_slots(Simulation& sim) {
    int count = 0;
    for (int i = 0; i < sim.size(); ++i) {
      const Node& myself = sim.node(i).view.myself();
      if (sim.node(i).alive && myself.is_master() && myself.slot_count > 0) ++count;
    }
    return count;
  }
  bool all_ok(Simulation& sim) {
    for (int i = 0; i < sim.size(); ++i) {
      if (sim.node(i).alive && !sim.node(i).view.ok) return false;
    }
    return true;
  }
  // Does this node serve the first slot?
  static bool serves(SimulatedNode& node) { return node.view.owner(0) == &node.view.myself(); }
};

TEST_F(MemberTest, ThoseWhoMeetOneKnowAll) {
  Simulation sim(1);
  sim.add(8);
  for (int i = 1; i < 8; ++i) sim.node(i).member.meet("10.0.0.0", 6379, 16379);
  EXPECT_TRUE(sim.run_until(
      [&] {
        for (int i = 0; i < 8; ++i) {
          View& view = sim.node(i).view;
          for (int j = 0; j < 8; ++j) {
            if (view.find(sim.node(j).view.myself().id) == nullptr) return false;
          }
          if (view.size() != 8) return false;
        }
        return true;
      },
      5000));
}

TEST_F(MemberTest, FreshMastersGetDistinctEpochs) {
  Simulation sim(2);
  sim.add(5);
  for (int i = 1; i < 5; ++i) sim.node(i).member.meet("10.0.0.0", 6379, 16379);
  EXPECT_TRUE(sim.run_until(
      [&] {
        std::set<uint64_t> epochs;
        for (int i = 0; i < 5; ++i) epochs.insert(sim.node(i).view.myself().config_epoch);
        return epochs.size() == 5;
      },
      20'000));
}

TEST_F(MemberTest, ReplicaTakesTheKilledMastersPlace) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation sim(seed);
    sim.add(6);
    sim.form(3);
    ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
    sim.kill(0);
    ASSERT_TRUE(sim.run_until([&] { return serves(sim.node(3)); }, 10'000)) << "seed " << seed;
    ASSERT_TRUE(sim.run_until([&] { return all_ok(sim) && sim.agreed(); }, 5000)) << "seed " << seed;
    sim.restart(0);
    ASSERT_TRUE(sim.run_until([&] { return sim.node(0).view.myself().is_replica() && sim.agreed(); }, 10'000))
        << "seed " << seed;
    EXPECT_EQ(sim.node(0).view.myself().master->id, sim.node(3).view.myself().id);
  }
}

TEST_F(MemberTest, OneOfTwoRacingReplicasWins) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation sim(seed);
    sim.add(9);
    sim.form(3);
    ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
    sim.kill(0);
    ASSERT_TRUE(sim.run_until([&] { return serves(sim.node(3)) || serves(sim.node(6)); }, 20'000)) << "seed " << seed;
    ASSERT_TRUE(sim.run_until([&] { return all_ok(sim) && sim.agreed(); }, 10'000)) << "seed " << seed;
    EXPECT_NE(serves(sim.node(3)), serves(sim.node(6)));
  }
}

TEST_F(MemberTest, TheReplicaWithMoreOfTheDataGoesFirst) {
  Simulation sim(7);
  sim.add(9);
  sim.form(3);
  sim.node(3).applied = 100;
  sim.node(6).applied = 200;
  ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
  sim.run_for(3000);
  sim.kill(0);
  ASSERT_TRUE(sim.run_until([&] { return serves(sim.node(3)) || serves(sim.node(6)); }, 20'000));
  EXPECT_TRUE(serves(sim.node(6)));
}

TEST_F(MemberTest, TheSmallerSideOfASplitStopsServing) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    Simulation sim(seed);
    sim.add(6);
    sim.form(3);
    ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
    sim.partition({{0}, {1, 2, 3, 4, 5}});
    // Half a node timeout until it asks everybody, one until it misses the answers. (The other side may be as fast as to
    // have a new master by then: what the old one takes in that time is lost.)
    ASSERT_TRUE(sim.run_until([&] { return !sim.node(0).view.ok; }, 3200)) << "seed " << seed;
    ASSERT_TRUE(sim.run_until([&] { return serves(sim.node(3)); }, 15'000)) << "seed " << seed;
    EXPECT_TRUE(serves(sim.node(0))) << "it cannot know yet";
    sim.heal();
    ASSERT_TRUE(sim.run_until([&] { return all_ok(sim) && sim.agreed() && masters_of_slots(sim) == 3; }, 15'000))
        << "seed " << seed;
    EXPECT_TRUE(serves(sim.node(3)));
  }
}

TEST_F(MemberTest, WithoutAMajorityNobodyIsPromoted) {
  Simulation sim(3);
  sim.add(6);
  sim.form(3);
  ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
  sim.partition({{0, 1}, {2, 3, 4, 5}});  // one master with the replicas of the two others
  sim.run_for(60'000);
  EXPECT_FALSE(serves(sim.node(3)));
  EXPECT_FALSE(sim.node(2).view.ok);
}

TEST_F(MemberTest, ManualFailoverWaitsForTheData) {
  Simulation sim(4);
  sim.add(6);
  sim.form(3);
  ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
  sim.node(0).applied = 500;
  sim.node(3).applied = 400;
  SimulatedNode& replica = sim.node(3);
  replica.member.manual_failover.start(ManualFailover::Mode::kAgreed, replica.member.epochs);
  sim.run_for(1000);
  EXPECT_FALSE(serves(replica));
  EXPECT_NE(sim.node(0).paused_until_ms, 0);
  replica.applied = 500;
  ASSERT_TRUE(sim.run_until([&] { return serves(replica); }, 1000));
  ASSERT_TRUE(sim.run_until([&] { return sim.node(0).view.myself().is_replica() && sim.agreed(); }, 2000));
  EXPECT_EQ(sim.node(0).paused_until_ms, 0);
}

TEST_F(MemberTest, ManualFailoverThatTimesOutLetsTheMasterGoOn) {
  Simulation sim(5);
  sim.add(6);
  sim.form(3);
  ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
  sim.node(0).applied = 500;
  sim.node(3).member.manual_failover.start(ManualFailover::Mode::kAgreed, sim.node(3).member.epochs);
  sim.run_for(1000);
  EXPECT_NE(sim.node(0).paused_until_ms, 0);
  sim.run_for(6000);
  EXPECT_EQ(sim.node(0).paused_until_ms, 0);
  EXPECT_TRUE(serves(sim.node(0)));
}

TEST_F(MemberTest, TakeoverAsksNobody) {
  Simulation sim(6);
  sim.add(6);
  sim.form(3);
  ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
  sim.kill(1);
  sim.kill(2);
  sim.node(3).member.manual_failover.start(ManualFailover::Mode::kTakeover, sim.node(3).member.epochs);
  ASSERT_TRUE(sim.run_until([&] { return serves(sim.node(3)) && sim.node(0).view.myself().is_replica(); }, 2000));
}

TEST_F(MemberTest, AReplicaMovesToAMasterWithout) {
  Simulation sim(8);
  sim.add(7);  // node 6 is a second replica of node 0
  sim.form(3);
  ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
  sim.kill(4);  // the only replica of node 1
  ASSERT_TRUE(sim.run_until(
      [&] {
        const std::string& orphan = sim.node(1).view.myself().id;
        const Node* a = sim.node(3).view.myself().master;
        const Node* b = sim.node(6).view.myself().master;
        return (a != nullptr && a->id == orphan) != (b != nullptr && b->id == orphan);
      },
      20'000));
}

TEST_F(MemberTest, AForgottenNodeIsNotBroughtBackByGossip) {
  Simulation sim(9);
  sim.add(4);
  sim.form(3);
  ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
  const std::string id = sim.node(3).view.myself().id;
  for (int i = 0; i < 3; ++i) sim.node(i).member.forget(*sim.node(i).view.find(id), 60'000);
  sim.kill(3);
  sim.run_for(30'000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sim.node(i).view.find(id), nullptr);
}

// Nothing that happens may leave two owners of a slot for long, whatever is killed and cut off.
TEST_F(MemberTest, RandomFaultsHeal) {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    Simulation sim(seed);
    sim.add(9);
    sim.form(3);
    Random random(seed);
    ASSERT_TRUE(sim.run_until([&] { return all_ok(sim); }, 10'000));
    for (int round = 0; round < 12; ++round) {
      const int victim = static_cast<int>(random.below(9));
      if (random.below(2) == 0) {
        sim.kill(victim);
        sim.run_for(static_cast<int64_t>(random.below(8000)));
        sim.restart(victim);
      } else {
        std::set<int> side;
        for (int i = 0; i < 9; ++i) {
          if (random.below(2) == 0) side.insert(i);
        }
        sim.partition({side});
        sim.run_for(static_cast<int64_t>(random.below(8000)));
        sim.heal();
      }
      sim.run_for(static_cast<int64_t>(random.below(3000)));
    }
    ASSERT_TRUE(sim.run_until([&] { return all_ok(sim) && sim.agreed() && masters_of_slots(sim) == 3; }, 60'000))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace strata::cluster
