// FCALL function numkeys [key ...] [arg ...], FCALL_RO.
#include "02_data_types/scripting/functions/function_commands.h"
#include "02_data_types/scripting/functions/function_engine.h"
#include "02_data_types/scripting/running/flag_gate.h"
#include "common/numbers.h"

namespace strata::script {

namespace {

using resp::Args;
using resp::Client;

// [task 2.15] Call a function.
void fcall(Client& client, Args args, bool read_only) {
  auto& engine = client.server.get<FunctionEngine>();
  const Function* function = engine.set.find(args[1]);
  if (function == nullptr) return client.reply.error("ERR Function not found");
  int64_t count = 0;
  if (!parse_int64(args[2], &count)) return client.reply.error("ERR Bad number of keys provided");
  if (count > static_cast<int64_t>(args.size()) - 3) {
    return client.reply.error("ERR Number of keys can't be greater than number of args");
  }
  if (count < 0) return client.reply.error("ERR Number of keys can't be negative");
  if (!may_start(client, function->flags, read_only)) return;
  ScriptRun run{.caller = client,
                .command = args,
                .name = function->name,
                .flags = function->flags,
                .read_only = read_only || (function->flags & kNoWrites) != 0,
                .is_function = true};
  const Args keys = args.subspan(3, static_cast<size_t>(count));
  lua_rawgeti(engine.lua(), LUA_REGISTRYINDEX, function->callback);
  client.server.get<ScriptRunner>().run(engine.lua(), run, keys, args.subspan(3 + static_cast<size_t>(count)), true);
}

void fcall_command(Client& client, Args args) { fcall(client, args, false); }
void fcall_ro_command(Client& client, Args args) { fcall(client, args, true); }

bool flags_of_function(Client& client, Args args, uint32_t* flags) {
  const Function* function = client.server.get<FunctionEngine>().set.find(args[1]);
  if (function != nullptr) *flags = function->flags;
  return function != nullptr;
}

}  // namespace

void install_fcall(resp::Server& server) {
  using namespace resp;
  constexpr uint64_t kCall = kNoScript | kSkipMonitor | kNoMandatoryKeys | kStale;
  auto& gate = server.get<FlagGate>();
  auto add = [&](std::string_view name, uint64_t flags, uint32_t use, std::string_view notes, Handler run) {
    gate.concerns(name, flags_of_function);
    server.commands.add({.name = name,
                         .arity = -3,
                         .flags = kCall | flags,
                         .keys = {KeySpec{.flags = use, .index = 2, .find = KeySpec::Find::kKeyNum, .notes = notes}},
                         .run = run});
  };
  add("fcall", kMayReplicate, kKeyRW | kKeyAccess | kKeyUpdate, kMayChangeKeys, fcall_command);
  add("fcall_ro", kReadOnly, kKeyRO | kKeyAccess, kOnlyReadsKeys, fcall_ro_command);
}

}  // namespace strata::script
