// FUNCTION LOAD DELETE FLUSH LIST STATS KILL HELP. Whoever keeps files of the data adds DUMP and RESTORE.
#include "02_data_types/scripting/functions/function_commands.h"

#include "01_resp_server/commands/help.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "01_resp_server/commands/support.h"
#include "02_data_types/scripting/functions/function_engine.h"
#include "common/glob.h"

namespace strata::script {

namespace {

using resp::Args;
using resp::Client;

FunctionEngine& engine_of(Client& client) { return client.server.get<FunctionEngine>(); }
void note_change(Client& client) { resp::keyspace_of(client).effects.dirty++; }

// FUNCTION LOAD [REPLACE] code
// [task 2.15] Load a library, in the place of another one if that is wanted.
void load_command(Client& client, Args args) {
  bool replace = false;
  for (std::string_view word : args.subspan(2, args.size() - 3)) {
    if (!equals_nocase(word, "replace")) {
      client.reply.error(fmt::format("ERR Unknown option given: {}", until_zero(word)));
      return;
    }
    replace = true;
  }
  FunctionEngine& engine = engine_of(client);
  auto library = engine.compile(args.back(), client.obeyed(), replace ? nullptr : &engine.set);
  Status status = library.status();
  std::string name;
  if (status.ok()) {
    name = (*library)->name;
    status = engine.set.add(std::move(*library), replace);
  }
  if (!status.ok()) return client.reply.error("ERR " + status.message());
  note_change(client);
  client.reply.bulk(name);
}

void delete_command(Client& client, Args args) {
  if (!engine_of(client).set.remove(args[2])) return client.reply.error("ERR Library not found");
  note_change(client);
  client.reply.ok();
}

void flush_command(Client& client, Args args) {
  if (args.size() > 3) return resp::reply_bad_subcommand(client, args);
  if (args.size() == 3 && !equals_nocase(args[2], "sync") && !equals_nocase(args[2], "async")) {
    return client.reply.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  }
  engine_of(client).set = {};
  note_change(client);
  client.reply.ok();
}

void append_function(Client& client, const Function& function) {
  client.reply.map(3);
  client.reply.bulk("name");
  client.reply.bulk(function.name);
  client.reply.bulk("description");
  function.description ? client.reply.bulk(*function.description) : client.reply.null();
  client.reply.bulk("flags");
  resp::Chunk* gap = client.reply.open();
  size_t flags = 0;
  for (const ScriptFlagName& each : kScriptFlagNames) {
    if ((function.flags & each.flag) == 0) continue;
    client.reply.simple(each.name);
    flags++;
  }
  client.reply.close_set(gap, flags);
}

void append_library(Client& client, const Library& library, bool with_code) {
  client.reply.map(with_code ? 4 : 3);
  client.reply.bulk("library_name");
  client.reply.bulk(library.name);
  client.reply.bulk("engine");
  client.reply.bulk("LUA");
  client.reply.bulk("functions");
  client.reply.array(library.functions.size());
  for (const Function& function : library.functions) append_function(client, function);
  if (!with_code) return;
  client.reply.bulk("library_code");
  client.reply.bulk(library.code);
}

// FUNCTION LIST [LIBRARYNAME pattern] [WITHCODE]
void list_command(Client& client, Args args) {
  std::optional<std::string_view> pattern;
  bool with_code = false;
  for (size_t i = 2; i < args.size(); i++) {
    if (!with_code && equals_nocase(args[i], "withcode")) {
      with_code = true;
    } else if (!pattern && equals_nocase(args[i], "libraryname")) {
      if (++i == args.size()) return client.reply.error("ERR library name argument was not given");
      pattern = args[i];
    } else {
      return client.reply.error(fmt::format("ERR Unknown argument {}", until_zero(args[i])));
    }
  }
  resp::Chunk* gap = client.reply.open();
  size_t count = 0;
  for (const auto& [name, library] : engine_of(client).set.libraries()) {
    if (pattern && !glob_match(*pattern, name, true)) continue;
    append_library(client, *library, with_code);
    count++;
  }
  client.reply.close_array(gap, count);
}

void append_running(Client& client, const ScriptRun& run, int64_t ms) {
  client.reply.map(3);
  client.reply.bulk("name");
  client.reply.bulk(run.name);
  client.reply.bulk("command");
  client.reply.array(run.command.size());
  for (std::string_view word : run.command) client.reply.bulk(word);
  client.reply.bulk("duration_ms");
  client.reply.integer(ms);
}

void stats_command(Client& client, Args) {
  const auto& runner = client.server.get<ScriptRunner>();
  const ScriptRun* run = runner.running();
  if (run != nullptr && !run->is_function) return client.reply.error(ScriptRunner::busy_text(*run));
  client.reply.map(2);
  client.reply.bulk("running_script");
  run == nullptr ? client.reply.null() : append_running(client, *run, runner.running_ms());
  client.reply.bulk("engines");
  client.reply.map(1);
  client.reply.bulk("LUA");
  client.reply.map(2);
  client.reply.bulk("libraries_count");
  client.reply.integer(static_cast<int64_t>(engine_of(client).set.libraries().size()));
  client.reply.bulk("functions_count");
  client.reply.integer(static_cast<int64_t>(engine_of(client).set.functions()));
}

void kill_command(Client& client, Args) { client.server.get<ScriptRunner>().kill(client, true); }

void help_command(Client& client, Args) {
  resp::reply_help(
      client, "FUNCTION",
      {"LOAD [REPLACE] <FUNCTION CODE>", "    Load a library, whose first line is #!lua name=<name>.",
       "DELETE <LIBRARY NAME>", "    Delete a library with its functions.", "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
       "    Tell of all libraries, or of those whose names match: name, engine, functions,",
       "    and the code if it is asked for.", "STATS", "    Tell which function is running, and how many there are.",
       "KILL", "    End the function that is running, if it has not written anything.", "FLUSH [ASYNC|SYNC]",
       "    Delete all libraries.", "DUMP", "    Return all libraries as one payload for RESTORE.",
       "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
       "    Load the libraries of a payload: in place of all that there are (FLUSH), beside them",
       "    (APPEND, the default), or in place of those of the same names (REPLACE)."});
}

}  // namespace

void install_function_commands(resp::Server& server) {
  using namespace resp;
  constexpr uint64_t kChanges = kWrite | kNoScript;
  const std::vector<std::string_view> kEverywhere = {"request_policy:all_shards", "response_policy:all_succeeded"};
  const std::vector<std::string_view> kOneKills = {"request_policy:all_shards", "response_policy:one_succeeded"};
  server.commands.add(
      {.name = "function",
       .arity = -2,
       .subcommands = {
           {.name = "load", .arity = -3, .flags = kChanges | kDenyOom, .tips = kEverywhere, .run = load_command},
           {.name = "delete", .arity = 3, .flags = kChanges, .tips = kEverywhere, .run = delete_command},
           {.name = "flush", .arity = -2, .flags = kChanges, .tips = kEverywhere, .run = flush_command},
           {.name = "list",
            .arity = -2,
            .flags = kNoScript,
            .tips = {"nondeterministic_output_order"},
            .run = list_command},
           {.name = "stats",
            .arity = 2,
            .flags = kNoScript | kAllowBusy,
            .tips = {"nondeterministic_output", "request_policy:all_shards", "response_policy:special"},
            .run = stats_command},
           {.name = "kill", .arity = 2, .flags = kNoScript | kAllowBusy, .tips = kOneKills, .run = kill_command},
           {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = help_command},
       }});
}

}  // namespace strata::script
