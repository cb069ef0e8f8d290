// What a cluster does without: several databases, roles that are set by hand.
#include "01_resp_server/commands/support.h"
#include "08_cluster/families.h"

namespace strata::cluster {

using namespace resp;

namespace {

struct Restrictions {
  GateBit gate = 0;
};

bool concerns(const CommandSpec& spec) {
  constexpr std::string_view kNames[] = {"select", "move", "swapdb", "copy", "replicaof", "slaveof", "failover"};
  return spec.parent == nullptr && std::find(std::begin(kNames), std::end(kNames), spec.name) != std::end(kNames);
}

// The error, or empty where the command would do no harm.
std::string_view objection(const CommandSpec& spec, Args args) {
  if (spec.name == "select") {
    int64_t index = 0;
    return !parse_int64(args[1], &index) || index == 0 ? "" : "ERR SELECT is not allowed in cluster mode";
  }
  if (spec.name == "move") return "ERR MOVE is not allowed in cluster mode";
  if (spec.name == "swapdb") return "ERR SWAPDB is not allowed in cluster mode";
  if (spec.name == "failover") return "ERR FAILOVER not allowed in cluster mode. Use CLUSTER FAILOVER command instead.";
  if (spec.name != "copy") return "ERR REPLICAOF not allowed in cluster mode.";
  for (size_t i = 3; i + 1 < args.size(); ++i) {
    int64_t index = 0;
    if (equals_nocase(args[i], "db") && parse_int64(args[i + 1], &index) && index != 0) {
      return "ERR Copying to another database is not allowed in cluster mode";
    }
  }
  return "";
}

bool refuse(Client& client, const CommandSpec& spec, Args args) {
  const std::string_view error = objection(spec, args);
  if (error.empty()) return true;
  client.reply.error(error);
  return false;
}

}  // namespace

void install_restrictions(Server& server) {
  server.own<Restrictions>().gate = server.gates.add("not in a cluster", GateRank::kNotInCluster, concerns, refuse);
}

void arm_restrictions(Server& server) { server.armed |= server.get<Restrictions>().gate; }

}  // namespace strata::cluster
