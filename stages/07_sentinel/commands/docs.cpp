// Documentation of SENTINEL: what COMMAND DOCS shows.
#include "01_resp_server/commands/docs/docs.h"
#include "07_sentinel/commands/families.h"

namespace strata::sentinel {

namespace {

void document_views(const resp::DocGroup& doc) {
  doc("sentinel|masters", {.summary = "Lists the monitored masters and their state",
                           .since = "2.8.4",
                           .complexity = "O(N), N being the masters"});
  doc("sentinel|master",
      {.summary = "Shows the state of a master", .since = "2.8.4", .complexity = "O(1)", .syntax = "master-name"});
  doc("sentinel|replicas", {.summary = "Lists the replicas of a master",
                            .since = "5.0.0",
                            .complexity = "O(N), N being the replicas",
                            .syntax = "master-name"});
  doc("sentinel|slaves", {.summary = "Lists the replicas of a master",
                          .since = "2.8.0",
                          .complexity = "O(N), N being the replicas",
                          .syntax = "master-name",
                          .deprecated_since = "5.0.0",
                          .replaced_by = "`SENTINEL REPLICAS`"});
  doc("sentinel|sentinels", {.summary = "Lists the other sentinels of a master",
                             .since = "2.8.4",
                             .complexity = "O(N), N being the sentinels",
                             .syntax = "master-name"});
  doc("sentinel|get-master-addr-by-name",
      {.summary = "Tells where a master is", .since = "2.8.4", .complexity = "O(1)", .syntax = "master-name"});
  doc("sentinel|ckquorum", {.summary = "Tells whether enough sentinels can be reached for a failover",
                            .since = "2.8.4",
                            .syntax = "master-name"});
  doc("sentinel|info-cache", {.summary = "Shows what INFO said last, of masters and their replicas",
                              .since = "3.2.0",
                              .complexity = "O(N), N being the instances",
                              .syntax = "nodename..."});
  doc("sentinel|pending-scripts", {.summary = "Lists the scripts that run or wait", .since = "2.8.4"});
  doc("sentinel|myid", {.summary = "Tells the id of this sentinel", .since = "6.2.0", .complexity = "O(1)"});
  doc("sentinel|is-master-down-by-addr", {.summary = "Tells another sentinel whether a master is down, and votes",
                                          .since = "2.8.4",
                                          .complexity = "O(1)",
                                          .syntax = "ip port:integer current-epoch:integer runid"});
  doc("sentinel|help", {.summary = "Lists the subcommands", .since = "6.2.0", .complexity = "O(1)"});
}

void document_changes(const resp::DocGroup& doc) {
  doc("sentinel|monitor", {.summary = "Begins to monitor a master",
                           .since = "2.8.4",
                           .complexity = "O(1)",
                           .syntax = "name ip port:integer quorum:integer"});
  doc("sentinel|remove",
      {.summary = "Ends the monitoring of a master", .since = "2.8.4", .complexity = "O(1)", .syntax = "master-name"});
  doc("sentinel|reset", {.summary = "Forgets replicas, sentinels and failovers of the masters whose names match",
                         .since = "2.8.4",
                         .complexity = "O(N), N being the masters",
                         .syntax = "pattern"});
  doc("sentinel|failover",
      {.summary = "Begins a failover without asking the others", .since = "2.8.4", .syntax = "master-name"});
  doc("sentinel|flushconfig",
      {.summary = "Writes the state into the configuration file", .since = "2.8.4", .complexity = "O(1)"});
  doc("sentinel|set", {.summary = "Changes options of a master",
                       .since = "2.8.4",
                       .complexity = "O(1)",
                       .syntax = "master-name option_value:{option value}..."});
  doc("sentinel|config", {.summary = "Shows or changes the sentinel's own settings",
                          .since = "6.2.0",
                          .complexity = "O(1)",
                          .syntax = "set_or_get:<SET set_param_value:{parameter value}...|GET parameter...>"});
  doc("sentinel|debug", {.summary = "Shows or changes the sentinel's periods",
                         .since = "7.0.0",
                         .complexity = "O(N), N being the periods",
                         .syntax = "parameter_value:{parameter value}..."});
  doc("sentinel|simulate-failure", {.summary = "Ends the process at a point of the next failover",
                                    .since = "3.2.0",
                                    .syntax = "[mode:<CRASH-AFTER-ELECTION|CRASH-AFTER-PROMOTION|HELP>]..."});
}

}  // namespace

void document_sentinel(resp::Server& server) {
  const resp::DocGroup doc(server.commands, "sentinel");
  doc("sentinel",
      {.summary = "Groups the commands of a sentinel", .since = "2.8.4", .complexity = "Depends on the subcommand"});
  document_views(doc);
  document_changes(doc);
}

}  // namespace strata::sentinel
