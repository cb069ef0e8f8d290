// Gates: checks that stand between a parsed command and its handler, each of which may answer in its place.
//
// A gate names the commands that it concerns (by their spec, decided once when the table is sealed) and is *armed* by
// state: of the server (maxmemory is set, a snapshot failed) or of one client (not authenticated, subscribed). The
// dispatcher asks a gate only when it both concerns the command and is armed, which costs one AND for all gates
// together:   spec.gates & (server.armed | client.armed)
//
// Gates are asked in ascending order of their rank; ranks follow the order in which Redis checks.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "01_resp_server/server/command.h"

namespace strata::resp {

// Ranks of the gates of all stages, in the order of asking. A later stage takes the number that the order calls for.
enum class GateRank : int {
  kAuth = 10,
  kScriptFlags = 20,  // a script says of itself what it does: asked for it are the gates that concern such commands
  kRedirect = 30,     // cluster: MOVED, ASK, CLUSTERDOWN
  kAsked = 35,        // cluster: ASKING is over
  kOutOfMemory = 40,
  kDiskError = 50,  // MISCONF
  kNoReplicas = 60,
  kReadOnlyReplica = 70,
  kSubscribed = 80,
  kMasterDown = 90,
  kLoading = 100,
  kBusyScript = 110,
  kReplicaKeyspace = 112,  // a replica or a monitor must not touch keys, for a pause does not hold it
  kPaused = 115,           // before queueing: a command that a pause concerns waits outside of MULTI's queue
  kTransaction = 120,      // queueing inside MULTI
  kNotInCluster = 130,     // as a handler would refuse: when it is to run
};

using GateBit = uint64_t;  // one bit of CommandSpec::gates, Server::armed, Client::armed

class Gates {
 public:
  using Concerns = std::function<bool(const CommandSpec&)>;
  // Returns true when the command may go on; false when it was answered or put aside.
  using Check = bool (*)(Client&, const CommandSpec&, Args);

  // At most 64 gates.
  GateBit add(std::string_view name, GateRank rank, Concerns concerns, Check check);

  // Computes the bits of a spec; called by the server for every command before the first client connects.
  uint64_t bits_for(const CommandSpec& spec) const;

  // The bits of all gates from one rank to another, both included.
  GateBit bits_between(GateRank first, GateRank last) const;

  // Asks the gates of `bits` in order; false at the first that says no.
  bool pass(uint64_t bits, Client& client, const CommandSpec& spec, Args args) const;

 private:
  struct Gate {
    std::string_view name;
    GateRank rank;
    GateBit bit;
    Concerns concerns;
    Check check;
  };
  std::vector<Gate> gates_;  // sorted by rank
};

}  // namespace strata::resp
