// EVAL script numkeys [key ...] [arg ...], EVALSHA, EVAL_RO, EVALSHA_RO.
#include "02_data_types/scripting/eval/eval_commands.h"
#include "01_resp_server/commands/support.h"
#include "02_data_types/scripting/eval/script_cache.h"
#include "02_data_types/scripting/running/flag_gate.h"

namespace strata::script {

namespace {

using resp::Args;
using resp::Client;

// Keys and arguments behind `numkeys`, which is args[2]; false when it was answered.
bool split_arguments(Client& client, Args args, Args* keys, Args* rest) {
  int64_t count = 0;
  if (!resp::integer_argument(client, args[2], &count)) return false;
  const auto given = static_cast<int64_t>(args.size()) - 3;
  if (count > given) {
    client.reply.error("ERR Number of keys can't be greater than number of args");
    return false;
  }
  if (count < 0) {
    client.reply.error("ERR Number of keys can't be negative");
    return false;
  }
  *keys = args.subspan(3, static_cast<size_t>(count));
  *rest = args.subspan(3 + static_cast<size_t>(count));
  return true;
}

ScriptCache& cache_of(Client& client) { return client.server.get<ScriptCache>(); }

// [task 2.14] Run a script with the keys and arguments that the client gave.
void run_script(Client& client, Args args, const CachedScript& script, bool read_only) {
  Args keys;
  Args rest;
  if (!split_arguments(client, args, &keys, &rest)) return;
  ScriptCache& cache = cache_of(client);
  ScriptRun run{.caller = client,
                .command = args,
                .name = script.sha,
                .flags = script.flags,
                .read_only = read_only || (script.flags & kNoWrites) != 0};
  if (!may_start(client, script.flags, read_only)) return;
  cache.push_function(script);
  client.server.get<ScriptRunner>().run(cache.lua(), run, keys, rest, false);
}

// [task 2.14] Run the script that a client brings.
void eval(Client& client, Args args, bool read_only) {
  Args keys;
  Args rest;
  if (!split_arguments(client, args, &keys, &rest)) return;
  ScriptCache& cache = cache_of(client);
  const CachedScript* script = cache.by_text(args[1]);
  if (script == nullptr) {
    auto loaded = cache.load(args[1]);
    if (!loaded) {
      client.reply.error("ERR " + loaded.message());
      return;
    }
    script = *loaded;
  }
  run_script(client, args, *script, read_only);
}

// [task 2.14] Run a script that is in the cache already.
void evalsha(Client& client, Args args, bool read_only) {
  const CachedScript* script = cache_of(client).by_sha(args[1]);
  if (script == nullptr) {
    client.reply.error("NOSCRIPT No matching script. Please use EVAL.");
    return;
  }
  run_script(client, args, *script, read_only);
}

void eval_command(Client& client, Args args) { eval(client, args, false); }
void eval_ro_command(Client& client, Args args) { eval(client, args, true); }
void evalsha_command(Client& client, Args args) { evalsha(client, args, false); }
void evalsha_ro_command(Client& client, Args args) { evalsha(client, args, true); }

// What the flags of EVAL's script say, before EVAL runs: the script need not be in the cache yet.
bool flags_of_text(Client& client, Args args, uint32_t* flags) {
  if (!has_shebang(args[1])) return false;
  const CachedScript* script = cache_of(client).by_text(args[1]);
  if (script != nullptr) {
    *flags = script->flags;
    return true;
  }
  std::string_view code;
  auto read = read_script_flags(args[1], &code);
  if (read) *flags = *read;
  return read.ok();
}

bool flags_of_sha(Client& client, Args args, uint32_t* flags) {
  const CachedScript* script = cache_of(client).by_sha(args[1]);
  if (script == nullptr || (script->flags & kNoShebang) != 0) return false;
  *flags = script->flags;
  return true;
}

}  // namespace

void install_eval(resp::Server& server) {
  using namespace resp;
  constexpr uint64_t kEval = kNoScript | kSkipMonitor | kNoMandatoryKeys | kStale;
  const auto keys = [](uint32_t flags, std::string_view notes) {
    return std::vector<KeySpec>{KeySpec{.flags = flags, .index = 2, .find = KeySpec::Find::kKeyNum, .notes = notes}};
  };
  constexpr uint32_t kMayChange = kKeyRW | kKeyAccess | kKeyUpdate;
  constexpr uint32_t kReads = kKeyRO | kKeyAccess;
  auto& gate = server.get<FlagGate>();
  auto add = [&](CommandSpec spec, FlagGate::FlagsOf flags_of) {
    spec.arity = -3;
    gate.concerns(spec.name, flags_of);
    server.commands.add(std::move(spec));
  };
  add({.name = "eval", .flags = kEval | kMayReplicate, .keys = keys(kMayChange, kMayChangeKeys), .run = eval_command},
      flags_of_text);
  add({.name = "eval_ro", .flags = kEval | kReadOnly, .keys = keys(kReads, kOnlyReadsKeys), .run = eval_ro_command},
      flags_of_text);
  add({.name = "evalsha", .flags = kEval | kMayReplicate, .keys = keys(kMayChange, {}), .run = evalsha_command},
      flags_of_sha);
  add({.name = "evalsha_ro", .flags = kEval | kReadOnly, .keys = keys(kReads, {}), .run = evalsha_ro_command},
      flags_of_sha);
}

}  // namespace strata::script
