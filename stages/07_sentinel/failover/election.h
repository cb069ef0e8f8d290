// Counting the votes of an election.
//
// A failover needs a leader: the sentinel that most of all known sentinels voted for in its epoch, dead ones counted among
// those who could have voted. So in one epoch there is at most one leader, and a minority that is cut off has none. (The
// rule is that of leader election in Raft; here the vote of a follower is per master.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace strata::sentinel {

class Ballot {
 public:
  void add(std::string_view candidate) { votes_[std::string(candidate)]++; }
  // Who has the most votes; empty: nobody has any.
  std::string front_runner() const;
  // The leader: a majority of `voters`, and at least `quorum` votes. Empty: there is none.
  std::string winner(size_t voters, size_t quorum) const;

 private:
  std::map<std::string, size_t, std::less<>> votes_;
};

}  // namespace strata::sentinel
