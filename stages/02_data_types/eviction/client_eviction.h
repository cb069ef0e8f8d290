// maxmemory-clients: when the buffers of all clients together take more than this, the largest clients are closed, until
// the rest fits. Replicas and masters are not counted. Clients that CLIENT NO-EVICT protects are, but they are not closed.
//
// Buffers are added up at the end of a turn of the loop, though never more often than adding them up is cheap: with many
// clients, only in some turns. While the option is off nothing is done.
#pragma once

#include <cstddef>
#include <cstdint>

#include "01_resp_server/server/server.h"
#include "02_data_types/eviction/eviction.h"

namespace strata::db {

class ClientEviction {
 public:
  ClientEviction(resp::Server& server, const Eviction& eviction);

  int64_t limit = 0;  // bytes; negative: per cent of maxmemory; 0: none
  size_t limit_bytes() const;

  uint64_t evicted_clients() const { return evicted_clients_; }
  void reset_statistics() { evicted_clients_ = 0; }

 private:
  void check();
  void enforce(size_t bytes_limit);

  resp::Server& server_;
  const Eviction& eviction_;
  int64_t last_check_us_ = 0;
  uint64_t evicted_clients_ = 0;
};

}  // namespace strata::db
