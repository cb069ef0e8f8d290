// DEBUG LOADAOF: empties the data and replays the log, as a restart would.
#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/server/client.h"
#include "04_aof/families.h"
#include "04_aof/persistence/append_only.h"
#include "common/log.h"

namespace strata::aof {

namespace {

void debug_loadaof(resp::Client& client, resp::Args) {
  if (Status loaded = client.server.get<AppendOnly>().reload(); !loaded.ok()) {
    log_warning("DEBUG LOADAOF: {}", loaded.message());
    client.reply.error("ERR Error trying to load the AOF files, check server logs");
    return;
  }
  log_warning("Append Only File loaded by DEBUG LOADAOF");
  client.reply.ok();
}

}  // namespace

void install_aof_debug(Server& server) {
  server.get<resp::DebugCommands>().add("loadaof", 2, debug_loadaof,
                                        {"LOADAOF", "    Flush the AOF buffers on disk and reload the AOF in memory."});
}

}  // namespace strata::aof
