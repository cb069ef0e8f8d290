// What the logic of the cluster needs of the world around it: connections, a clock, storage, the data. The server gives it
// the real ones; tests and the simulation give it a network in memory and a clock that they turn themselves.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "08_cluster/view/node.h"

namespace strata::cluster {

// One connection of the bus. Packets are sent in order, and none before Member::settle() has run.
class Link {
 public:
  virtual ~Link() = default;
  virtual void send(std::shared_ptr<const std::string> packet) = 0;  // one packet may go to many
  virtual std::string peer_ip() const = 0;
  virtual std::string local_ip() const = 0;

  Node* node = nullptr;    // the other end; null while it is not known (inbound only)
  bool outbound = false;   // we opened it
  int64_t created_ms = 0;  // Unix time
};

class Bus {
 public:
  // Begins to connect; Member::opened() is called once it is. Null when it failed at once.
  virtual Link* open(Node& node) = 0;
  // The link is gone at the end of the turn, and is not used any more. Member::lost() is not called.
  virtual void close(Link& link) = 0;

 protected:
  ~Bus() = default;
};

class Host {
 public:
  virtual int64_t now_ms() = 0;                      // Unix time
  virtual uint64_t random_below(uint64_t n) = 0;     // n > 0
  virtual void look_at_election_in(int64_t ms) = 0;  // sets Due::failover then and settles; cron may come much later
  virtual void save(bool sync) = 0;                  // the view, to nodes.conf
  virtual std::string random_id() = 0;               // 40 hex digits

  // --- replication ---
  virtual uint64_t offset() = 0;            // produced, or of a replica: applied
  virtual int64_t master_silence_ms() = 0;  // how old the data of this replica may be
  virtual bool replicates() = 0;            // follows some master
  virtual void replicate(const Node& master) = 0;
  virtual void stop_replicating() = 0;        // promotion
  virtual void pause_writes(int64_t ms) = 0;  // of clients
  virtual void resume_writes() = 0;

  // --- data ---
  virtual uint64_t keys_in(int slot) = 0;
  virtual void drop_keys(int slot) = 0;
  virtual void deliver(std::string_view channel, std::string_view message, bool sharded) = 0;

 protected:
  ~Host() = default;
};

struct Settings {
  int64_t node_timeout_ms = 15000;
  bool require_full_coverage = true;
  int64_t replica_validity_factor = 10;
  bool replica_no_failover = false;
  int64_t migration_barrier = 1;
  bool allow_replica_migration = true;
  int64_t ping_replica_period_s = 10;
  std::string announce_ip;
  std::string announce_hostname;
  int ignored_packets = -1;  // DEBUG DROP-CLUSTER-PACKET-FILTER: this type is dropped
};

}  // namespace strata::cluster
