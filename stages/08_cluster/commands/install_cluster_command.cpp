// CLUSTER: the table of its subcommands.
#include "01_resp_server/commands/help.h"
#include "08_cluster/commands/cluster_commands.h"
#include "08_cluster/families.h"
#include "08_cluster/server/redirect.h"

namespace strata::cluster {

using namespace resp;

namespace {

// Refuses where there is no cluster.
template <Handler kHandler>
void in_cluster(Client& client, Args args) {
  if (!cluster_of(client).enabled()) {
    client.reply.error(kDisabledError);
    return;
  }
  kHandler(client, args);
}

void help_command(Client& client, Args) {
  reply_help(client, "CLUSTER",
             {"ADDSLOTS <slot> [<slot> ...]",
              "    Takes slots that belong to nobody.",
              "ADDSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
              "    Takes ranges of slots that belong to nobody.",
              "BUMPEPOCH",
              "    Gives this node the greatest configuration epoch of all.",
              "COUNT-FAILURE-REPORTS <node-id>",
              "    Tells how many masters cannot reach a node.",
              "COUNTKEYSINSLOT <slot>",
              "    Counts the keys of a slot that are here.",
              "DELSLOTS <slot> [<slot> ...]",
              "    Forgets who owns slots.",
              "DELSLOTSRANGE <start slot> <end slot> [<start slot> <end slot> ...]",
              "    Forgets who owns ranges of slots.",
              "FAILOVER [FORCE|TAKEOVER]",
              "    Makes this replica the master.",
              "FORGET <node-id>",
              "    Removes a node from the cluster, as far as this one is concerned.",
              "GETKEYSINSLOT <slot> <count>",
              "    Lists keys of a slot that are here.",
              "FLUSHSLOTS",
              "    Gives up all slots of this node.",
              "INFO",
              "    Tells how the cluster is.",
              "KEYSLOT <key>",
              "    Tells which slot a key belongs to.",
              "MEET <ip> <port> [<bus-port>]",
              "    Joins this node's cluster with another node.",
              "MYID",
              "    Tells the id of this node.",
              "NODES",
              "    Lists all nodes, as nodes.conf does.",
              "REPLICATE <node-id>",
              "    Makes this node a replica of a master.",
              "RESET [HARD|SOFT]",
              "    Makes this node forget the cluster.",
              "SET-CONFIG-EPOCH <epoch>",
              "    Sets the configuration epoch of a new node.",
              "SETSLOT <slot> (IMPORTING <node-id>|MIGRATING <node-id>|STABLE|NODE <node-id>)",
              "    Moves a slot, one step at a time.",
              "REPLICAS <node-id>",
              "    Lists the replicas of a master.",
              "SAVECONFIG",
              "    Writes nodes.conf now.",
              "SLOTS",
              "    Tells which nodes serve which slots.",
              "SHARDS",
              "    Tells of every master, its slots and its replicas.",
              "LINKS",
              "    Lists the connections to other nodes."});
}

}  // namespace

void install_cluster_command(Server& server) {
  constexpr uint64_t kChange = kAdmin | kStale | kNoAsyncLoading;
  constexpr std::string_view kVaries = "nondeterministic_output";
  server.commands.add(
      {.name = "cluster",
       .arity = -2,
       .subcommands = {
           {.name = "addslots", .arity = -3, .flags = kChange, .run = in_cluster<addslots_command>},
           {.name = "addslotsrange", .arity = -4, .flags = kChange, .run = in_cluster<addslotsrange_command>},
           {.name = "bumpepoch", .arity = 2, .flags = kChange, .tips = {kVaries}, .run = in_cluster<bumpepoch_command>},
           {.name = "count-failure-reports",
            .arity = 3,
            .flags = kAdmin | kStale,
            .tips = {kVaries},
            .run = in_cluster<count_failure_reports_command>},
           {.name = "countkeysinslot", .arity = 3, .flags = kStale, .run = in_cluster<countkeysinslot_command>},
           {.name = "delslots", .arity = -3, .flags = kChange, .run = in_cluster<delslots_command>},
           {.name = "delslotsrange", .arity = -4, .flags = kChange, .run = in_cluster<delslotsrange_command>},
           {.name = "failover", .arity = -2, .flags = kChange, .run = in_cluster<failover_command>},
           {.name = "flushslots", .arity = 2, .flags = kChange, .run = in_cluster<flushslots_command>},
           {.name = "forget", .arity = 3, .flags = kChange, .run = in_cluster<forget_command>},
           {.name = "getkeysinslot",
            .arity = 4,
            .flags = kStale,
            .tips = {kVaries},
            .run = in_cluster<getkeysinslot_command>},
           {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = in_cluster<help_command>},
           {.name = "info", .arity = 2, .flags = kStale, .tips = {kVaries}, .run = in_cluster<cluster_info_command>},
           {.name = "keyslot", .arity = 3, .flags = kStale, .run = in_cluster<keyslot_command>},
           {.name = "links", .arity = 2, .flags = kStale, .tips = {kVaries}, .run = in_cluster<links_command>},
           {.name = "meet", .arity = -4, .flags = kChange, .run = in_cluster<meet_command>},
           {.name = "myid", .arity = 2, .flags = kStale, .run = in_cluster<myid_command>},
           {.name = "nodes", .arity = 2, .flags = kStale, .tips = {kVaries}, .run = in_cluster<nodes_command>},
           {.name = "replicas",
            .arity = 3,
            .flags = kAdmin | kStale,
            .tips = {kVaries},
            .run = in_cluster<replicas_command>},
           {.name = "replicate", .arity = 3, .flags = kChange, .run = in_cluster<replicate_command>},
           {.name = "reset", .arity = -2, .flags = kAdmin | kNoScript | kStale, .run = in_cluster<reset_command>},
           {.name = "saveconfig", .arity = 2, .flags = kChange, .run = in_cluster<saveconfig_command>},
           {.name = "set-config-epoch", .arity = 3, .flags = kChange, .run = in_cluster<set_config_epoch_command>},
           {.name = "setslot", .arity = -4, .flags = kChange, .run = in_cluster<setslot_command>},
           {.name = "shards", .arity = 2, .flags = kStale, .tips = {kVaries}, .run = in_cluster<shards_command>},
           {.name = "slaves",
            .arity = 3,
            .flags = kAdmin | kStale,
            .tips = {kVaries},
            .run = in_cluster<replicas_command>},
           {.name = "slots", .arity = 2, .flags = kStale, .tips = {kVaries}, .run = in_cluster<slots_command>},
       }});
  document_cluster_command(server.commands);
}

}  // namespace strata::cluster
