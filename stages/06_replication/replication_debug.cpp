// DEBUG CHANGE-REPL-ID and DEBUG REPLICATE.
#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/resp/request_encoder.h"
#include "01_resp_server/server/client.h"
#include "06_replication/families.h"
#include "06_replication/replication.h"
#include "common/log.h"

namespace strata::repl {

namespace {

void change_id(resp::Client& client, resp::Args) {
  log_notice("Changing replication IDs after receiving DEBUG change-repl-id");
  client.server.get<Replication>().stream().forget_history();
  client.reply.ok();
}

// Replicas get it as it stands, whatever it does there.
void replicate(resp::Client& client, resp::Args args) {
  std::string request;
  resp::append_request(request, args.subspan(2));
  client.server.get<Replication>().stream().feed(request);
  client.reply.ok();
}

}  // namespace

void install_replication_debug(Server& server) {
  auto& debug = server.get<resp::DebugCommands>();
  debug.add("change-repl-id", 2, change_id,
            {"CHANGE-REPL-ID", "    Change the replication IDs of the instance.",
             "    Dangerous: should be used only for testing the replication subsystem."});
  debug.add("replicate", -3, replicate,
            {"REPLICATE <string>", "    Replicates the provided string to replicas, allowing data divergence."});
}

}  // namespace strata::repl
