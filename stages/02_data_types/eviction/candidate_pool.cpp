#include "02_data_types/eviction/candidate_pool.h"

#include <algorithm>

#include "common/assert.h"

namespace strata::db {

// [task 2.10] Keep the best candidates in the order of their worth.
void CandidatePool::offer(const Candidate& candidate) {
  auto end = candidates_.begin() + size_;
  auto known =
      std::find_if(candidates_.begin(), end, [&](const Candidate& each) { return each.entry == candidate.entry; });
  if (known != end) {
    erase(static_cast<size_t>(known - candidates_.begin()));
  } else if (size_ == kCapacity) {
    if (!wants(candidate.worth)) return;
    size_--;
  }
  end = candidates_.begin() + size_;
  auto at = std::upper_bound(candidates_.begin(), end, candidate.worth,
                             [](uint64_t worth, const Candidate& each) { return worth < each.worth; });
  std::move_backward(at, end, end + 1);
  *at = candidate;
  size_++;
}

Candidate CandidatePool::take() {
  STRATA_ASSERT(size_ > 0, "no candidate");
  Candidate first = candidates_[0];
  erase(0);
  return first;
}

void CandidatePool::erase(size_t at) {
  std::move(candidates_.begin() + at + 1, candidates_.begin() + size_, candidates_.begin() + at);
  size_--;
}

}  // namespace strata::db
