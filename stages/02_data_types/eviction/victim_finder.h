// Which key goes next, by maxmemory-policy.
//
//   policy             candidates          the victim among them
//   allkeys-random     all keys            any
//   volatile-random    those that expire   any
//   volatile-ttl       those that expire   the one that expires soonest
//   allkeys-lru, -lfu  all keys            the one unused for longest, the one used least
//   volatile-lru, -lfu those that expire   likewise
//
// Nothing is kept in order: a few keys are sampled, and the best of them compete in a pool (candidate_pool.h). A sample
// takes whole buckets, for having found one, the other keys of a bucket come at the price of the memory they lie in;
// their order of hash says nothing about their use, so they are as good as keys drawn one by one.
//
// Where few keys expire, drawing buckets at random would hardly find one. Then the deadlines of active expiry
// (expiry/deadlines.h) tell in which parts of the table such keys are.
// Not thread safe.
#pragma once

#include <cstddef>

#include "01_resp_server/db/keyspace.h"
#include "02_data_types/eviction/candidate_pool.h"
#include "02_data_types/expiry/expiry_cycle.h"

namespace strata::db {

struct Victim {
  Database* database = nullptr;
  Ref ref;
  explicit operator bool() const { return static_cast<bool>(ref); }
};

class VictimFinder {
 public:
  VictimFinder(Keyspace& keyspace, ExpiryCycle& expiry) : keyspace_(keyspace), expiry_(expiry) {}

  // The next victim by Keyspace::policy; empty when the policy spares all keys there are. `samples`: maxmemory-samples.
  // The Ref is valid until the next change of its database.
  Victim find(size_t samples);

 private:
  bool volatile_only() const;
  bool random_choice() const;
  bool eligible(const Entry& entry) const { return !volatile_only() || entry.has_expiry(); }
  size_t eligible_keys(const Database& database) const;
  uint64_t worth(const Entry& entry) const;

  Database* draw_database();
  Victim any_key(Database& database);
  Victim best_candidate();
  void sample(Database& database, size_t keys);
  template <class Visit>
  void visit_sample(Database& database, size_t keys, Visit visit);
  template <class Visit>
  void visit_buckets(Database& database, size_t count, Visit visit);
  template <class Visit>
  void visit_group(Database& database, Visit visit);

  Keyspace& keyspace_;
  ExpiryCycle& expiry_;
  CandidatePool pool_;
  EvictionPolicy pool_policy_ = EvictionPolicy::kNoEviction;  // by which the candidates were judged
};

}  // namespace strata::db
