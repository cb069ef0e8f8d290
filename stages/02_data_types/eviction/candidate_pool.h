// The best keys to evict that were met so far, kept from one eviction to the next: a sample of a few keys is then
// compared with the best of many earlier samples, which comes close to the best of all keys.
// (The idea: S. Sanfilippo, "Random notes on improving the Redis LRU algorithm", 2016.)
//
// A candidate is remembered by where it lies, without a copy of its key, and may be gone by the time it is chosen: who
// takes one out must look whether it is still there (VictimFinder does).
//
// Sorted by worth; the least worth goes first. What `worth` means is the policy's business.
// Not thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "01_resp_server/db/database.h"

namespace strata::db {

struct Candidate {
  uint64_t worth = 0;
  Database* database = nullptr;
  const Entry* entry = nullptr;  // perhaps gone: not to be read before its bucket was found to hold it
  Hash hash;
  size_t table = 0;  // of the database
};

class CandidatePool {
 public:
  static constexpr size_t kCapacity = 16;

  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  // Would a candidate of this worth be taken in? Saves the work of hashing those that would not.
  bool wants(uint64_t worth) const { return size_ < kCapacity || worth < candidates_[size_ - 1].worth; }
  // Takes it in, in place of the one that is worth most when the pool is full. One that is there already is kept once,
  // with its new worth.
  void offer(const Candidate& candidate);
  // The one that is worth least. The pool must not be empty.
  Candidate take();
  void clear() { size_ = 0; }

 private:
  void erase(size_t at);

  std::array<Candidate, kCapacity> candidates_{};  // the first size_ are in use, in ascending order of worth
  size_t size_ = 0;
};

}  // namespace strata::db
