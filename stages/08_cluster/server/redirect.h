// Where a command belongs: here, or to which other node. Redis's order of decisions:
//
//   slot of the keys has no owner           CLUSTERDOWN Hash slot not served
//   keys of several slots                   CROSSSLOT
//   the cluster is down                     CLUSTERDOWN (reads may be allowed)
//   our slot, leaving; keys are missing     ASK: they have moved already   TRYAGAIN: some have
//   being brought to us, client said ASKING served, or TRYAGAIN
//   our master's slot, READONLY client      reads are served
//   another owner                           MOVED
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "01_resp_server/server/client.h"
#include "08_cluster/server/cluster.h"

namespace strata::cluster {

// What a command is, as far as its place is concerned.
struct KeyedRequest {
  bool write = false;
  bool shard_channels = false;  // its keys are sharded channels: there is nothing that could be missing
  bool migrate = false;
  bool asking = false;
  bool read_only_client = false;
};

// Goes over the keys of one command or of a whole transaction and decides.
class Placement {
 public:
  explicit Placement(Cluster& cluster) : cluster_(cluster) {}

  void add(std::string_view key, bool shard_channels);
  int slot() const { return slot_; }  // of the first key; -1: there was none
  // Empty: to be served here; else the error.
  std::string verdict(const KeyedRequest& request) const;

 private:
  enum class Fault : uint8_t { kNone, kUnowned, kCrossSlot };
  std::string redirect(std::string_view kind, const Node& node) const;

  Cluster& cluster_;
  Fault fault_ = Fault::kNone;
  int slot_ = -1;
  Node* owner_ = nullptr;
  bool migrating_ = false;
  bool importing_ = false;
  std::string_view first_;
  bool several_ = false;
  int present_ = 0;
  int missing_ = 0;
};

bool is_read_only(const resp::Client& client);

inline constexpr std::string_view kDisabledError = "ERR This instance has cluster support disabled";

}  // namespace strata::cluster
