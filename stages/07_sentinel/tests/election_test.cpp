// failover/election.h: who wins, and when nobody does.
#include "07_sentinel/failover/election.h"

#include <gtest/gtest.h>

namespace strata::sentinel {
namespace {

Ballot votes(std::initializer_list<const char*> candidates) {
  Ballot ballot;
  for (const char* each : candidates) ballot.add(each);
  return ballot;
}

TEST(Ballot, NeedsAMajorityOfAllWhoCouldHaveVoted) {
  EXPECT_EQ(votes({"a", "a"}).winner(3, 1), "a");
  EXPECT_EQ(votes({"a", "a"}).winner(4, 1), "");  // half is no majority
  EXPECT_EQ(votes({"a", "a", "a"}).winner(4, 1), "a");
  EXPECT_EQ(votes({"a"}).winner(1, 1), "a");
}

TEST(Ballot, NeedsTheQuorumToo) {
  EXPECT_EQ(votes({"a", "a"}).winner(3, 3), "");
  EXPECT_EQ(votes({"a", "a", "a"}).winner(3, 3), "a");
}

TEST(Ballot, SplitVotesElectNobody) {
  const Ballot ballot = votes({"a", "b"});
  EXPECT_FALSE(ballot.front_runner().empty());
  EXPECT_EQ(ballot.winner(3, 1), "");
  EXPECT_EQ(votes({"a", "b", "b"}).winner(3, 2), "b");
}

TEST(Ballot, NobodyVoted) {
  EXPECT_EQ(Ballot().front_runner(), "");
  EXPECT_EQ(Ballot().winner(1, 1), "");
}

}  // namespace
}  // namespace strata::sentinel
