// The commands of a sentinel, one family per file.
#pragma once

#include <string_view>
#include <vector>

#include "01_resp_server/server/command.h"
#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

using resp::Args;
using resp::Client;
using resp::CommandSpec;

// Adds SENTINEL with all its subcommands. The tables of the families are below.
void install_sentinel_command(resp::Server& server);
void document_sentinel(resp::Server& server);
// Removes what a sentinel does not have, and replaces PUBLISH and ROLE.
void install_server_commands(resp::Server& server);
void install_sentinel_info(resp::Server& server, Sentinel& sentinel);

std::vector<CommandSpec>
view_commands();  // MASTERS MASTER REPLICAS SLAVES SENTINELS GET-MASTER-ADDR-BY-NAME CKQUORUM ...
std::vector<CommandSpec> manage_commands();    // MONITOR REMOVE RESET FAILOVER FLUSHCONFIG
std::vector<CommandSpec> set_commands();       // SET
std::vector<CommandSpec> settings_commands();  // CONFIG DEBUG SIMULATE-FAILURE
std::vector<CommandSpec> peer_commands();      // IS-MASTER-DOWN-BY-ADDR MYID

Sentinel& sentinel_of(Client& client);
// The master of that name; answers the error itself and gives null when there is none.
Master* master_argument(Client& client, std::string_view name);
// The map of an instance's fields.
void reply_instance(Client& client, const Instance& instance);

// Answers OK once what the command changed is on disk, an error where it could not be written.
void save_and_reply(Client& client);

// What nearly every subcommand is.
CommandSpec admin_command(std::string_view name, int arity, resp::Handler run);

}  // namespace strata::sentinel
