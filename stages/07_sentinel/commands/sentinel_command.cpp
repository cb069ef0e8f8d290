// SENTINEL: the container of all that is a sentinel's own.
#include "01_resp_server/commands/help.h"
#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"

namespace strata::sentinel {

namespace {

void help_command(Client& client, Args) {
  resp::reply_help(client, "SENTINEL",
                   {
                       "CKQUORUM <master-name>",
                       "    Check if the current Sentinel configuration is able to reach the quorum",
                       "    needed to failover a master and the majority needed to authorize the",
                       "    failover.",
                       "CONFIG SET <param> <value>",
                       "    Set a global Sentinel configuration parameter.",
                       "CONFIG GET <param>",
                       "    Get global Sentinel configuration parameter.",
                       "DEBUG [<param> <value> ...]",
                       "    Show a list of configurable time parameters and their values (milliseconds).",
                       "    Or update current configurable parameters values (one or more).",
                       "GET-MASTER-ADDR-BY-NAME <master-name>",
                       "    Return the ip and port number of the master with that name.",
                       "FAILOVER <master-name>",
                       "    Manually failover a master node without asking for agreement from other",
                       "    Sentinels",
                       "FLUSHCONFIG",
                       "    Force Sentinel to rewrite its configuration on disk, including the current",
                       "    Sentinel state.",
                       "INFO-CACHE <master-name>",
                       "    Return last cached INFO output from masters and all its replicas.",
                       "IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
                       "    Check if the master specified by ip:port is down from current Sentinel's",
                       "    point of view.",
                       "MASTER <master-name>",
                       "    Show the state and info of the specified master.",
                       "MASTERS",
                       "    Show a list of monitored masters and their state.",
                       "MONITOR <name> <ip> <port> <quorum>",
                       "    Start monitoring a new master with the specified name, ip, port and quorum.",
                       "MYID",
                       "    Return the ID of the Sentinel instance.",
                       "PENDING-SCRIPTS",
                       "    Get pending scripts information.",
                       "REMOVE <master-name>",
                       "    Remove master from Sentinel's monitor list.",
                       "REPLICAS <master-name>",
                       "    Show a list of replicas for this master and their state.",
                       "RESET <pattern>",
                       "    Reset masters for specific master name matching this pattern.",
                       "SENTINELS <master-name>",
                       "    Show a list of Sentinel instances for this master and their state.",
                       "SET <master-name> <option> <value> [<option> <value> ...]",
                       "    Set configuration parameters for certain masters.",
                       "SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",
                       "    Simulate a Sentinel crash.",
                   });
}

}  // namespace

Sentinel& sentinel_of(Client& client) { return client.server.get<Sentinel>(); }

Master* master_argument(Client& client, std::string_view name) {
  Master* master = sentinel_of(client).find(name);
  if (master == nullptr) client.reply.error("ERR No such master with that name");
  return master;
}

void save_and_reply(Client& client) {
  if (sentinel_of(client).save().ok())
    client.reply.ok();
  else
    client.reply.error("ERR Failed to save config file. Check server logs.");
}

CommandSpec admin_command(std::string_view name, int arity, resp::Handler run) {
  CommandSpec spec;
  spec.name = name;
  spec.arity = arity;
  spec.flags = resp::kAdmin | resp::kOnlySentinel;
  spec.run = run;
  return spec;
}

void install_sentinel_command(resp::Server& server) {
  CommandSpec sentinel = admin_command("sentinel", -2, nullptr);
  for (const auto& family :
       {view_commands(), manage_commands(), set_commands(), settings_commands(), peer_commands()}) {
    sentinel.subcommands.insert(sentinel.subcommands.end(), family.begin(), family.end());
  }
  CommandSpec help = admin_command("help", 2, help_command);
  help.flags = resp::kLoading | resp::kStale | resp::kOnlySentinel;
  sentinel.subcommands.push_back(std::move(help));
  server.commands.add(std::move(sentinel));
  document_sentinel(server);
}

}  // namespace strata::sentinel
