#include "08_cluster/families.h"

#include "01_resp_server/commands/docs/docs.h"

namespace strata::cluster {

using resp::CommandDoc;
using resp::CommandTable;
using resp::DocGroup;

namespace {

constexpr std::string_view kPerSlot = "O(N), N being the slots that are given";
constexpr std::string_view kPerRange = "O(N), N being the slots in the ranges";
constexpr std::string_view kPerNode = "O(N), N being the nodes of the cluster";
constexpr std::string_view kRanges = "start-slot_end-slot:{start-slot:integer end-slot:integer}...";

void document_slots(const DocGroup& doc) {
  doc("cluster|addslots", {.summary = "Takes slots that belong to nobody",
                           .since = "3.0.0",
                           .complexity = kPerSlot,
                           .syntax = "slot:integer..."});
  doc("cluster|addslotsrange", {.summary = "Takes ranges of slots that belong to nobody",
                                .since = "7.0.0",
                                .complexity = kPerRange,
                                .syntax = kRanges});
  doc("cluster|delslots",
      {.summary = "Forgets who owns slots", .since = "3.0.0", .complexity = kPerSlot, .syntax = "slot:integer..."});
  doc("cluster|delslotsrange",
      {.summary = "Forgets who owns ranges of slots", .since = "7.0.0", .complexity = kPerRange, .syntax = kRanges});
  doc("cluster|flushslots", {.summary = "Gives up all slots of this node", .since = "3.0.0", .complexity = "O(1)"});
  doc("cluster|countkeysinslot", {.summary = "Counts the keys of a slot that are here",
                                  .since = "3.0.0",
                                  .complexity = "O(1)",
                                  .syntax = "slot:integer"});
  doc("cluster|getkeysinslot", {.summary = "Lists keys of a slot that are here",
                                .since = "3.0.0",
                                .complexity = "O(log(N)), N being the keys that are asked for",
                                .syntax = "slot:integer count:integer"});
  doc("cluster|keyslot", {.summary = "Tells which slot a key belongs to",
                          .since = "3.0.0",
                          .complexity = "O(N), N being the length of the key",
                          .syntax = "key:string"});
  doc("cluster|setslot",
      {.summary = "Moves a slot, one step at a time",
       .since = "3.0.0",
       .complexity = "O(1)",
       .syntax = "slot:integer subcommand:<IMPORTING node-id|MIGRATING node-id|NODE node-id|STABLE>"});
}

void document_nodes(const DocGroup& doc) {
  doc("cluster|meet", {.summary = "Joins this node's cluster with another node",
                       .since = "3.0.0",
                       .complexity = "O(1)",
                       .syntax = "ip port:integer [cluster_bus_port:integer@4.0.0]",
                       .history = {{"4.0.0", "The optional argument `cluster_bus_port`"}}});
  doc("cluster|forget", {.summary = "Removes a node from the cluster, as far as this one is concerned",
                         .since = "3.0.0",
                         .complexity = "O(1)",
                         .syntax = "node-id"});
  doc("cluster|replicate", {.summary = "Makes this node a replica of a master",
                            .since = "3.0.0",
                            .complexity = "O(1)",
                            .syntax = "node-id"});
  doc("cluster|failover", {.summary = "Makes this replica the master",
                           .since = "3.0.0",
                           .complexity = "O(1)",
                           .syntax = "[options:<FORCE|TAKEOVER>]"});
  doc("cluster|reset", {.summary = "Makes this node forget the cluster",
                        .since = "3.0.0",
                        .complexity = "O(N), N being the known nodes; a replica drops its data as well",
                        .syntax = "[<HARD|SOFT>]"});
  doc("cluster|replicas",
      {.summary = "Lists the replicas of a master", .since = "5.0.0", .complexity = "O(1)", .syntax = "node-id"});
  doc("cluster|slaves", {.summary = "Lists the replicas of a master",
                         .since = "3.0.0",
                         .complexity = "O(1)",
                         .syntax = "node-id",
                         .deprecated_since = "5.0.0",
                         .replaced_by = "`CLUSTER REPLICAS`"});
  doc("cluster|count-failure-reports", {.summary = "Counts the masters that cannot reach a node",
                                        .since = "3.0.0",
                                        .complexity = "O(N), N being the reports",
                                        .syntax = "node-id"});
  doc("cluster|myid", {.summary = "Tells the id of this node", .since = "3.0.0", .complexity = "O(1)"});
  doc("cluster|saveconfig", {.summary = "Writes nodes.conf now", .since = "3.0.0", .complexity = "O(1)"});
  doc("cluster|bumpepoch",
      {.summary = "Gives this node the greatest configuration epoch of all", .since = "3.0.0", .complexity = "O(1)"});
  doc("cluster|set-config-epoch", {.summary = "Sets the configuration epoch of a new node",
                                   .since = "3.0.0",
                                   .complexity = "O(1)",
                                   .syntax = "config-epoch:integer"});
}

void document_views(const DocGroup& doc) {
  doc("cluster|info", {.summary = "Tells how the cluster is", .since = "3.0.0", .complexity = "O(1)"});
  doc("cluster|nodes", {.summary = "Lists all nodes, as nodes.conf does", .since = "3.0.0", .complexity = kPerNode});
  doc("cluster|links", {.summary = "Lists the connections to other nodes", .since = "7.0.0", .complexity = kPerNode});
  doc("cluster|shards",
      {.summary = "Tells of every master, its slots and its replicas", .since = "7.0.0", .complexity = kPerNode});
  doc("cluster|slots", {.summary = "Tells which nodes serve which slots",
                        .since = "3.0.0",
                        .complexity = kPerNode,
                        .deprecated_since = "7.0.0",
                        .replaced_by = "`CLUSTER SHARDS`",
                        .history = {{"4.0.0", "Ids of nodes"}, {"7.0.0", "A map of further ways to reach a node"}}});
  doc("cluster|help", {.summary = "Lists the subcommands", .since = "5.0.0", .complexity = "O(1)"});
}

}  // namespace

void document_cluster_command(CommandTable& commands) {
  const DocGroup doc(commands, "cluster");
  doc("cluster", {.summary = "Commands about the cluster", .since = "3.0.0", .complexity = "That of the subcommand"});
  document_slots(doc);
  document_nodes(doc);
  document_views(doc);
}

}  // namespace strata::cluster
