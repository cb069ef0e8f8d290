// DEBUG RELOAD [MERGE] [NOFLUSH] [NOSAVE]: saves, empties and loads the data, as a restart would.
#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/commands/support.h"
#include "02_data_types/scripting/functions/function_engine.h"
#include "03_rdb_snapshot/families.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "common/log.h"

namespace strata::rdb {

namespace {

struct Reload {
  bool save = true;
  bool flush = true;
  bool merge = false;
};

bool read_options(resp::Client& client, resp::Args words, Reload* out) {
  for (const std::string_view word : words) {
    if (equals_nocase(word, "MERGE")) {
      out->merge = true;
    } else if (equals_nocase(word, "NOFLUSH")) {
      out->flush = false;
    } else if (equals_nocase(word, "NOSAVE")) {
      out->save = false;
    } else {
      client.reply.error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
      return false;
    }
  }
  return true;
}

void empty(resp::Server& server) {
  auto& keyspace = server.get<db::Keyspace>();
  server.get<script::FunctionEngine>().set = {};
  keyspace.clear();
  keyspace.events.tell_reset(nullptr);
}

void debug_reload(resp::Client& client, resp::Args args) {
  Reload reload;
  if (!read_options(client, args.subspan(2), &reload)) return;
  resp::Server& server = client.server;
  const std::string& name = server.get<RdbOptions>().dbfilename;
  if (reload.save && !server.get<BackgroundSave>().save()) {
    client.reply.error("ERR");
    return;
  }
  if (reload.flush) empty(server);
  using Duplicates = db::BulkLoad::Duplicates;
  const LoadOptions options{.duplicates = reload.merge ? Duplicates::kReplace : Duplicates::kRefuse};
  if (Status loaded = load_snapshot_file(server, name, options); !loaded.ok()) {
    log_warning("DEBUG RELOAD: {}", loaded.message());
    client.reply.error("ERR Error trying to load the RDB dump");
    return;
  }
  log_warning("DB reloaded by DEBUG RELOAD");
  client.reply.ok();
}

}  // namespace

void install_debug_reload(Server& server) {
  server.get<resp::DebugCommands>().add(
      "reload", -2, debug_reload,
      {"RELOAD [option ...]", "    Save the RDB on disk and reload it back to memory. Valid <option> values:",
       "    * MERGE: conflicting keys will be loaded from RDB.",
       "    * NOFLUSH: the existing database will not be removed before load, but",
       "      conflicting keys will end the load with an error.",
       "    * NOSAVE: the database will be loaded from an existing RDB file."});
}

}  // namespace strata::rdb
