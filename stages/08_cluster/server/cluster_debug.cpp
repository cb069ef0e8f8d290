#include "08_cluster/families.h"

#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "01_resp_server/commands/support.h"
#include "08_cluster/commands/cluster_commands.h"
#include "08_cluster/server/redirect.h"

namespace strata::cluster {

using namespace resp;

namespace {

// DEBUG CLUSTERLINK KILL to|from|all id
void clusterlink(Client& client, Args args) {
  Cluster& cluster = cluster_of(client);
  if (!equals_nocase(args[2], "kill")) {
    reply_bad_subcommand(client, args);
    return;
  }
  if (!cluster.enabled()) {
    client.reply.error("ERR Debug option only available for cluster mode enabled setup!");
    return;
  }
  Node* node = node_argument(client, args[4]);
  if (node == nullptr) return;
  const bool all = equals_nocase(args[3], "all");
  const bool to = all || equals_nocase(args[3], "to");
  const bool from = all || equals_nocase(args[3], "from");
  if (!to && !from) {
    client.reply.error(fmt::format("ERR Unknown direction {}", args[3]));
    return;
  }
  if (to) cluster.member().close_link(node->link);
  if (from) cluster.member().close_link(node->inbound);
  client.reply.ok();
}

// DEBUG DROP-CLUSTER-PACKET-FILTER type, or -1 for none
void drop_packets(Client& client, Args args) {
  int64_t type = 0;
  if (!integer_argument(client, args[2], &type)) return;
  cluster_of(client).options.settings.ignored_packets = static_cast<int>(type);
  client.reply.ok();
}

}  // namespace

void install_cluster_debug(Server& server) {
  auto& debug = server.get<DebugCommands>();
  debug.add("clusterlink", 5, clusterlink,
            {"CLUSTERLINK KILL [to|from|all] <node-id>", "    Closes the connections to a node of the cluster."});
  debug.add(
      "drop-cluster-packet-filter", 3, drop_packets,
      {"DROP-CLUSTER-PACKET-FILTER <packet-type>", "    Drops what comes over the bus of that type; -1: nothing."});
}

}  // namespace strata::cluster
