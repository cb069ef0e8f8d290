// The subcommands of CLUSTER, by what they are about, and what they share.
#pragma once

#include <optional>
#include <string_view>

#include "01_resp_server/server/client.h"
#include "08_cluster/server/cluster.h"

namespace strata::cluster {

using resp::Args;
using resp::Client;

inline Cluster& cluster_of(Client& client) { return client.server.get<Cluster>(); }

// These answer the error themselves.
std::optional<int> slot_argument(Client& client, std::string_view text,
                                 std::string_view error = "ERR Invalid or out of range slot");
Node* node_argument(Client& client, std::string_view id);

// slot_commands.cpp
void addslots_command(Client& client, Args args);
void delslots_command(Client& client, Args args);
void addslotsrange_command(Client& client, Args args);
void delslotsrange_command(Client& client, Args args);
void flushslots_command(Client& client, Args args);
void countkeysinslot_command(Client& client, Args args);
void getkeysinslot_command(Client& client, Args args);
void keyslot_command(Client& client, Args args);
// setslot_command.cpp
void setslot_command(Client& client, Args args);
// node_commands.cpp
void meet_command(Client& client, Args args);
void forget_command(Client& client, Args args);
void replicate_command(Client& client, Args args);
void failover_command(Client& client, Args args);
void reset_command(Client& client, Args args);
void replicas_command(Client& client, Args args);
void myid_command(Client& client, Args args);
void saveconfig_command(Client& client, Args args);
void bumpepoch_command(Client& client, Args args);
void set_config_epoch_command(Client& client, Args args);
void count_failure_reports_command(Client& client, Args args);
// view_commands.cpp
void nodes_command(Client& client, Args args);
void cluster_info_command(Client& client, Args args);
void slots_command(Client& client, Args args);
void links_command(Client& client, Args args);
// shards_command.cpp
void shards_command(Client& client, Args args);

}  // namespace strata::cluster
