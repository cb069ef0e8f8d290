// SCRIPT LOAD EXISTS FLUSH KILL DEBUG HELP.
#include "01_resp_server/commands/help.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/scripting/eval/eval_commands.h"
#include "02_data_types/scripting/eval/script_cache.h"
#include "common/text.h"

namespace strata::script {

namespace {

using resp::Args;
using resp::Client;

ScriptCache& cache_of(Client& client) { return client.server.get<ScriptCache>(); }

// [task 2.14] Compile a script without running it.
void load_command(Client& client, Args args) {
  ScriptCache& cache = cache_of(client);
  const CachedScript* script = cache.by_text(args[2]);
  if (script == nullptr) {
    auto loaded = cache.load(args[2]);
    if (!loaded) {
      client.reply.error("ERR " + loaded.message());
      return;
    }
    script = *loaded;
  }
  client.reply.bulk(script->sha);
}

void exists_command(Client& client, Args args) {
  client.reply.array(args.size() - 2);
  for (std::string_view sha : args.subspan(2)) client.reply.integer(cache_of(client).by_sha(sha) != nullptr);
}

void flush_command(Client& client, Args args) {
  const bool known =
      args.size() == 2 || (args.size() == 3 && (equals_nocase(args[2], "sync") || equals_nocase(args[2], "async")));
  if (!known) {
    client.reply.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
    return;
  }
  cache_of(client).flush();
  client.reply.ok();
}

void kill_command(Client& client, Args) { client.server.get<ScriptRunner>().kill(client, false); }

// Accepted, so that tools which turn it off can; there is no debugger.
void debug_command(Client& client, Args args) {
  if (equals_nocase(args[2], "no") || equals_nocase(args[2], "yes") || equals_nocase(args[2], "sync")) {
    client.reply.ok();
  } else {
    client.reply.error("ERR Use SCRIPT DEBUG YES/SYNC/NO");
  }
}

void help_command(Client& client, Args) {
  resp::reply_help(client, "SCRIPT",
                   {"DEBUG (YES|SYNC|NO)", "    Accept a mode of debugging; there is no debugger here.",
                    "EXISTS <sha1> [<sha1> ...]", "    Return which of the scripts are in the cache.",
                    "FLUSH [ASYNC|SYNC]", "    Empty the cache of scripts; clients will have to send theirs again.",
                    "KILL", "    End the script that is running, if it has not written anything.", "LOAD <script>",
                    "    Put a script into the cache without running it."});
}

}  // namespace

void install_script_commands(resp::Server& server) {
  using namespace resp;
  constexpr uint64_t kHelp = kLoading | kStale;
  server.commands.add({.name = "script",
                       .arity = -2,
                       .subcommands = {
                           {.name = "load",
                            .arity = 3,
                            .flags = kNoScript | kStale,
                            .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
                            .run = load_command},
                           {.name = "exists",
                            .arity = -3,
                            .flags = kNoScript,
                            .tips = {"request_policy:all_shards", "response_policy:agg_logical_and"},
                            .run = exists_command},
                           {.name = "flush",
                            .arity = -2,
                            .flags = kNoScript,
                            .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
                            .run = flush_command},
                           {.name = "kill",
                            .arity = 2,
                            .flags = kNoScript | kAllowBusy,
                            .tips = {"request_policy:all_shards", "response_policy:one_succeeded"},
                            .run = kill_command},
                           {.name = "debug", .arity = 3, .flags = kNoScript, .run = debug_command},
                           {.name = "help", .arity = 2, .flags = kHelp, .run = help_command},
                       }});
}

}  // namespace strata::script
