// A node of the cluster, as this one knows it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "08_cluster/slots/slot_set.h"
#include "08_cluster/wire/packet.h"

namespace strata::cluster {

class Link;

// Times are Unix times in ms; 0: never.
struct Node {
  std::string id;  // 40 characters; random until a handshake has told the real one
  int64_t created_ms = 0;
  uint16_t flags = 0;  // NodeFlag
  uint64_t config_epoch = 0;

  std::string ip;  // empty: not known
  int port = 0;
  int bus_port = 0;
  int plain_port = 0;
  std::string hostname;

  Node* master = nullptr;       // of a replica; null: not known
  std::vector<Node*> replicas;  // of a master
  int slot_count = 0;
  std::unique_ptr<SlotSet> slots;  // null: none

  Link* link = nullptr;      // ours to it
  Link* inbound = nullptr;   // its to us
  int64_t ping_sent_ms = 0;  // 0: no answer is awaited
  int64_t pong_received_ms = 0;
  int64_t data_received_ms = 0;
  int64_t failed_ms = 0;                           // since when kFailed
  int64_t voted_ms = 0;                            // when a replica of this master last got our vote
  int64_t orphaned_ms = 0;                         // when this master was first seen without a working replica
  uint64_t offset = 0;                             // of replication, as it last said
  std::map<const Node*, int64_t> failure_reports;  // masters that cannot reach it, and when they last said so

  bool is(uint16_t flag) const { return (flags & flag) != 0; }
  void set(uint16_t flag) { flags |= flag; }
  void unset(uint16_t flag) { flags &= static_cast<uint16_t>(~flag); }
  bool is_master() const { return is(kMaster); }
  bool is_replica() const { return is(kReplica); }
  bool failed() const { return is(kFailed); }
  bool suspected() const { return is(kSuspected); }
  bool reachable() const { return !is(kFailed | kSuspected); }
  bool owns(int slot) const { return slots != nullptr && slots->has(slot); }
  // The node whose slots it serves: a replica's master.
  const Node& shard() const { return is_replica() && master != nullptr ? *master : *this; }
  size_t working_replicas() const {
    size_t count = 0;
    for (const Node* replica : replicas) count += replica->failed() ? 0 : 1;
    return count;
  }
};

// 40 characters of a-z and 0-9.
bool valid_node_id(std::string_view id);

}  // namespace strata::cluster
