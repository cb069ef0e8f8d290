// This server as a node of a cluster: the member (core/), and what it needs of a server.
//
//   start    nodes.conf is locked and read, the bus is opened, slots that hold keys are claimed
//   runs     SocketBus --packets--> Member --Host--> Replication, Keyspace, ClientPause, nodes.conf
//   commands ask the view; redirections do so for every key
//
// Without cluster-enabled nothing of it exists but the options.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "01_resp_server/server/server.h"
#include "08_cluster/bus/socket_bus.h"
#include "08_cluster/core/member.h"
#include "08_cluster/server/options.h"
#include "08_cluster/slots/key_slot.h"
#include "08_cluster/view/nodes_file.h"

namespace strata::cluster {

class Cluster final : private Host {
 public:
  explicit Cluster(resp::Server& server);
  ~Cluster();

  Options options;
  bool enabled() const { return options.enabled; }
  // The following only while enabled, and after start().
  View& view() { return *view_; }
  Member& member() { return *member_; }
  SocketBus& bus() { return *bus_; }
  db::Database& database();  // the one that there is in a cluster

  Status check_configuration();  // once it was read
  Status start();
  void options_changed();
  Status save_now(bool sync);                     // nodes.conf
  uint64_t current_offset() { return offset(); }  // of replication
  const SlotPartitioner& partitioner() const { return partitioner_; }

  uint64_t keys_in(int slot) override;
  void drop_keys(int slot) override;  // and tells replicas and log
  // What a client is told to connect to; nullopt: the address that it has already.
  std::optional<std::string> endpoint(const Node& node) const;

  // Told when a slot leaves this node's shard; sharded channels live there.
  std::function<void(int slot)> on_slot_left;
  // A message that was published at another node.
  std::function<void(std::string_view channel, std::string_view message, bool sharded)> on_message;

 private:
  Status load_view();
  void follow_announcements();
  void adopt_data();

  int64_t now_ms() override;
  uint64_t random_below(uint64_t n) override;
  void look_at_election_in(int64_t ms) override;
  void save(bool sync) override;
  std::string random_id() override;
  uint64_t offset() override;
  int64_t master_silence_ms() override;
  bool replicates() override;
  void replicate(const Node& master) override;
  void stop_replicating() override;
  void pause_writes(int64_t ms) override;
  void resume_writes() override;
  void deliver(std::string_view channel, std::string_view message, bool sharded) override;

  resp::Server& server_;
  SlotPartitioner partitioner_;
  NodesFile file_;
  std::unique_ptr<View> view_;
  std::unique_ptr<SocketBus> bus_;
  std::unique_ptr<Member> member_;
};

}  // namespace strata::cluster
