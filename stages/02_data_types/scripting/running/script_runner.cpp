#include "02_data_types/scripting/running/script_runner.h"

#include <fmt/format.h>

#include "02_data_types/eviction/eviction.h"
#include "02_data_types/scripting/lua/lua_state.h"
#include "02_data_types/scripting/lua/sandbox.h"
#include "02_data_types/scripting/running/values.h"
#include "02_data_types/transactions/transactions.h"
#include "02_data_types/writes/write_stream.h"
#include "common/clock.h"
#include "common/text.h"

namespace strata::script {

using resp::Args;
using resp::Client;
using resp::GateRank;

namespace {

char kRunner;  // its address: the registry's key

// Where the error that is being handled was raised: in the innermost function that is a script's.
bool find_place(lua_State* lua, lua_Debug* place) {
  for (int level = 1; level <= 2; level++) {
    if (lua_getstack(lua, level, place) == 0) return false;
    lua_getinfo(lua, "nSl", place);
    if (std::string_view(place->what) != "C") return true;
  }
  return true;
}

void push_as_text(lua_State* lua, int index) {
  if (luaL_callmeta(lua, index, "__tostring") != 0 && lua_isstring(lua, -1)) return;
  switch (lua_type(lua, index)) {
    case LUA_TNIL:
      return lua_pushliteral(lua, "nil");
    case LUA_TBOOLEAN:
      return lua_pushstring(lua, lua_toboolean(lua, index) != 0 ? "true" : "false");
    case LUA_TSTRING:
    case LUA_TNUMBER:
      return lua_pushvalue(lua, index);
    default:
      lua_pushfstring(lua, "%s: %p", luaL_typename(lua, index), lua_topointer(lua, index));
  }
}

void push_list(lua_State* lua, Args values) {
  lua_createtable(lua, static_cast<int>(values.size()), 0);
  int i = 1;
  for (std::string_view value : values) {
    lua_pushlstring(lua, value.data(), value.size());
    lua_rawseti(lua, -2, i++);
  }
}

// Text of the field of the table on top of the stack; empty where it has none. Valid while the table has it.
std::string_view text_field(lua_State* lua, const char* name) {
  lua_pushstring(lua, name);
  lua_rawget(lua, -2);
  size_t size = 0;
  const char* bytes = lua_type(lua, -1) == LUA_TSTRING ? lua_tolstring(lua, -1, &size) : "";
  lua_pop(lua, 1);
  return {bytes, size};
}

// Time as the data sees it stands still during a script, unless it does already.
class FrozenTime {
 public:
  FrozenTime(db::Keyspace& keyspace, bool frozen_already) : keyspace_(frozen_already ? nullptr : &keyspace) {
    if (keyspace_ != nullptr) keyspace_->freeze_time(keyspace_->now_ms());
  }
  ~FrozenTime() {
    if (keyspace_ != nullptr) keyspace_->thaw_time();
  }
  FrozenTime(const FrozenTime&) = delete;
  FrozenTime& operator=(const FrozenTime&) = delete;

 private:
  db::Keyspace* keyspace_;
};

}  // namespace

int describe_error(lua_State* lua) {
  lua_settop(lua, 1);
  if (!lua_istable(lua, 1)) {
    lua_createtable(lua, 0, 3);
    lua_pushliteral(lua, "ERR ");
    push_as_text(lua, 1);
    lua_concat(lua, 2);
    lua_setfield(lua, 2, "err");
  }
  lua_Debug place;
  if (find_place(lua, &place)) {
    lua_pushliteral(lua, "source");
    lua_pushstring(lua, place.source);
    lua_rawset(lua, -3);
    lua_pushliteral(lua, "line");
    lua_pushinteger(lua, place.currentline);
    lua_rawset(lua, -3);
  }
  return 1;
}

ScriptRunner::ScriptRunner(resp::Server& server, db::Keyspace& keyspace)
    : server_(server), keyspace_(keyspace), client_(server.clients.make_internal()) {
  busy_gate_ = server.gates.add(
      "busy with a script", GateRank::kBusyScript,
      [](const resp::CommandSpec& spec) { return !spec.is(resp::kAllowBusy) || spec.name == "shutdown"; }, busy_gate);
  client_->set(Client::kScript);
  server.on_start([this] {
    const resp::Gates& gates = server_.gates;
    const resp::GateBit memory = gates.bits_between(GateRank::kOutOfMemory, GateRank::kOutOfMemory);
    gates_of_all_ = gates.bits_between(GateRank::kRedirect, GateRank::kMasterDown) & ~memory &
                    ~gates.bits_between(GateRank::kSubscribed, GateRank::kSubscribed);
    gates_of_first_write_ = gates.bits_between(GateRank::kDiskError, GateRank::kReadOnlyReplica);
    return Status();
  });
}

ScriptRunner::~ScriptRunner() = default;

void ScriptRunner::adopt(lua_State* lua) {
  constexpr int kInstructions = 100'000;  // a few hundred microseconds
  lua_pushlightuserdata(lua, &kRunner);
  lua_pushlightuserdata(lua, this);
  lua_rawset(lua, LUA_REGISTRYINDEX);
  lua_sethook(lua, on_instructions, LUA_MASKCOUNT, kInstructions);
}

ScriptRunner& ScriptRunner::of(lua_State* lua) {
  lua_pushlightuserdata(lua, &kRunner);
  lua_rawget(lua, LUA_REGISTRYINDEX);
  auto* runner = static_cast<ScriptRunner*>(lua_touserdata(lua, -1));
  lua_pop(lua, 1);
  return *runner;
}

Client& ScriptRunner::caller_of(Client& client) {
  return &client == client_.get() && run_ != nullptr ? run_->caller : client;
}

// The scripts' client stands for the caller: what the caller is exempt from, its script is too.
void ScriptRunner::prepare_client(const ScriptRun& run) {
  const Client& caller = run.caller;
  client_->db = caller.db;
  client_->user = caller.user;
  client_->kind = caller.obeyed() ? resp::ClientClass::kMaster : resp::ClientClass::kNormal;
  client_->reply.set_protocol(2);
}

void ScriptRunner::push_arguments(lua_State* lua, Args keys, Args args, bool as_arguments) {
  if (as_arguments) {
    push_list(lua, keys);
    push_list(lua, args);
    return;
  }
  push_real_globals(lua);
  push_list(lua, keys);
  lua_setfield(lua, -2, "KEYS");
  push_list(lua, args);
  lua_setfield(lua, -2, "ARGV");
  lua_pop(lua, 1);
}

// [task 2.14] Run a script as one command.
void ScriptRunner::run(lua_State* lua, ScriptRun& run, Args keys, Args args, bool as_arguments) {
  const FrozenTime frozen(keyspace_, db::Transactions::running(run.caller));
  const resp::CommandSpec* command = run.caller.current;
  run.started_us = mono_us();
  if (auto& eviction = server_.get<db::Eviction>(); eviction.options.limit_bytes > 0) {
    run.out_of_memory = eviction.make_room() == db::Eviction::Outcome::kFailed;
  }
  prepare_client(run);
  run_ = &run;

  lua_pushcfunction(lua, describe_error);
  lua_insert(lua, -2);
  const int handler = lua_gettop(lua) - 1;
  push_arguments(lua, keys, args, as_arguments);
  const bool ok = lua_pcall(lua, as_arguments ? 2 : 0, 1, handler) == 0;
  if (run.slow) {
    server_.armed &= ~busy_gate_;
    server_.clients.resume(run.caller);
  }
  if (run.killed) adopt(lua);  // back to a look every now and then
  set_replication(db::WriteEffects::kAllCopies);
  // Ended by SHUTDOWN NOSAVE: whatever of it was written is not to be found anywhere.
  if (server_.shutdown.stopping()) keyspace_.effects.replays.clear();
  if (ok) {
    answer_value(lua, run.caller, client_->reply.protocol());
  } else {
    answer_failure(lua);
  }
  run_ = nullptr;
  run.caller.current = command;
  lua_settop(lua, handler - 1);
}

void ScriptRunner::answer_failure(lua_State* lua) {
  if (!lua_istable(lua, -1)) {  // no memory, or an error while describing the error
    const char* text = lua_tostring(lua, -1);
    run_->caller.reply.error(fmt::format("ERR {} script: {}", text == nullptr ? "unknown error" : text, run_->name));
    return;
  }
  std::string text(until_zero(text_field(lua, "err")));
  if (text.empty()) text = "ERR unknown error";
  const std::string_view source = text_field(lua, "source");
  fmt::format_to(std::back_inserter(text), " script: {}", run_->name);
  if (!source.empty()) {
    lua_pushliteral(lua, "line");
    lua_rawget(lua, -2);
    fmt::format_to(std::back_inserter(text), ", on {}:{}.", source, lua_tointeger(lua, -1));
    lua_pop(lua, 1);
  }
  lua_pushliteral(lua, "ignore_error_stats_update");
  lua_rawget(lua, -2);
  answer_error(run_->caller, text, lua_toboolean(lua, -1) != 0);
  lua_pop(lua, 1);
}

void ScriptRunner::set_resp(int version) { client_->reply.set_protocol(version); }

void ScriptRunner::set_replication(uint8_t copies) { server_.get<db::WriteStream>().restrict(copies); }

}  // namespace strata::script
