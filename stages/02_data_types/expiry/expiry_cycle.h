// Lets expired keys go that nobody asks for, all of them, in pieces of about 20 us (one group of deadlines.h at a time).
//
// A round over a database visits the groups that are due in the order of their numbers. Whoever runs out of time leaves
// off between two groups; the next call goes on there, so no group waits for more than a round. Databases take turns.
// Not thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "01_resp_server/db/keyspace.h"
#include "02_data_types/expiry/deadlines.h"

namespace strata::db {

class ExpiryCycle {
 public:
  // Watches all databases of `keyspace`, which must outlive this. Their number must not change afterwards.
  explicit ExpiryCycle(Keyspace& keyspace);

  // Deletes what has expired until nothing is due (true) or `out_of_time` says so (false). The keyspace must allow it
  // (Keyspace::deletes_expired). `out_of_time` is asked after each group.
  bool run(const std::function<bool()>& out_of_time);

  // Keys that should have gone and are still there, in percent of those that expire. An estimate from what was met in the
  // groups that were looked through since the last call, for those that are due.
  double stale_percent();

  // Brings the average time to live of each database up to date, by looking at one group of it.
  void sample_ttls();

  Deadlines& deadlines(const Database& database);

 private:
  struct Watched {
    explicit Watched(Database& database) : deadlines(database) {}
    Deadlines deadlines;
    size_t next_group = 0;   // where run() goes on; 0: a new round
    size_t next_sample = 0;  // where sample_ttls() goes on
  };
  bool finish_round(Watched& watched, int64_t now_ms, const std::function<bool()>& out_of_time);
  void expire_group(Deadlines& deadlines, size_t group, int64_t now_ms);
  void sample_ttl(Watched& watched, int64_t now_ms);

  Keyspace& keyspace_;
  std::vector<std::unique_ptr<Watched>> watched_;
  size_t turn_ = 0;  // of the databases
  std::vector<Entry*> doomed_;
  uint64_t looked_at_ = 0;
  uint64_t expired_ = 0;
};

}  // namespace strata::db
