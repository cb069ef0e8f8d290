#include "07_sentinel/failover/election.h"

#include <algorithm>

namespace strata::sentinel {

// [task 7.10] Who is ahead?
std::string Ballot::front_runner() const {
  const auto most =
      std::max_element(votes_.begin(), votes_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == votes_.end() ? std::string() : most->first;
}

// [task 7.10] Who has won?
std::string Ballot::winner(size_t voters, size_t quorum) const {
  std::string candidate = front_runner();
  if (candidate.empty()) return {};
  const size_t needed = std::max(voters / 2 + 1, quorum);
  return votes_.find(candidate)->second >= needed ? candidate : std::string();
}

}  // namespace strata::sentinel
