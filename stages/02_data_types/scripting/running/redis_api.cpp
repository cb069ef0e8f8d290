#include "02_data_types/scripting/running/redis_api.h"

#include <string>
#include <vector>

#include "01_resp_server/server/version.h"
#include "02_data_types/scripting/running/script_runner.h"
#include "02_data_types/scripting/running/sha1.h"
#include "02_data_types/scripting/running/values.h"
#include "common/log.h"

namespace strata::script {

namespace {

constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kVerbose, LogLevel::kNotice, LogLevel::kWarning};
constexpr int kReplicateAll = db::WriteEffects::kAllCopies;

// The runner, which every state knows; upvalue 1, to be at hand.
ScriptRunner& runner(lua_State* lua) { return *static_cast<ScriptRunner*>(lua_touserdata(lua, lua_upvalueindex(1))); }

// An error without the script's line in front.
int raise(lua_State* lua, const char* text) {
  push_error(lua, text, false);
  return lua_error(lua);
}

int redis_call(lua_State* lua) { return runner(lua).call(lua, true); }
int redis_pcall(lua_State* lua) { return runner(lua).call(lua, false); }

int single_field(lua_State* lua, const char* name) {
  if (lua_gettop(lua) != 1 || lua_type(lua, 1) != LUA_TSTRING) {
    push_error(lua, "ERR wrong number or type of arguments", false);
    return 1;
  }
  lua_newtable(lua);
  lua_insert(lua, 1);
  lua_setfield(lua, 1, name);
  return 1;
}

int status_reply(lua_State* lua) { return single_field(lua, "ok"); }

// A leading '-' is dropped; a text without a code gets one.
int error_reply(lua_State* lua) {
  if (lua_gettop(lua) == 1 && lua_type(lua, 1) == LUA_TSTRING) {
    std::string_view text = lua_tostring(lua, 1);  // as far as a zero byte
    std::string whole;
    if (text.find(' ') == std::string_view::npos) whole = "ERR ";
    if (text.starts_with('-')) text.remove_prefix(1);
    whole += text;
    while (whole.ends_with('\n') || whole.ends_with('\r')) whole.pop_back();
    lua_pushlstring(lua, whole.data(), whole.size());
    lua_replace(lua, 1);
  }
  return single_field(lua, "err");
}

int sha1hex(lua_State* lua) {
  if (lua_gettop(lua) != 1) return raise(lua, "ERR wrong number of arguments");
  size_t size = 0;
  const char* bytes = lua_tolstring(lua, 1, &size);
  lua_pushstring(lua, sha1_hex({bytes, size}).c_str());
  return 1;
}

int log(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count < 2) return raise(lua, "ERR redis.log() requires two arguments or more.");
  if (lua_isnumber(lua, 1) == 0) return raise(lua, "ERR First argument must be a number (log level).");
  const double level = lua_tonumber(lua, 1);
  if (!(level >= 0 && level < std::size(kLevels))) return raise(lua, "ERR Invalid debug level.");
  std::string line;
  for (int i = 2; i <= count; i++) {
    size_t size = 0;
    const char* bytes = lua_tolstring(lua, i, &size);
    if (bytes == nullptr) continue;
    if (i > 2) line += ' ';
    line.append(bytes, size);
  }
  log_at(kLevels[static_cast<size_t>(level)], "{}", line);
  return 0;
}

int setresp(lua_State* lua) {
  if (lua_gettop(lua) != 1) return raise(lua, "ERR redis.setresp() requires one argument.");
  const auto version = static_cast<int>(lua_tonumber(lua, 1));
  if (version != 2 && version != 3) return raise(lua, "ERR RESP version must be 2 or 3.");
  runner(lua).set_resp(version);
  return 0;
}

int set_repl(lua_State* lua) {
  if (lua_gettop(lua) != 1) return raise(lua, "ERR redis.set_repl() requires two arguments.");
  const auto flags = static_cast<int>(lua_tonumber(lua, 1));
  if ((flags & ~kReplicateAll) != 0) {
    return raise(lua, "ERR Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
  }
  runner(lua).set_replication(static_cast<uint8_t>(flags));
  return 0;
}

// May the user run this command? There is one user, who may run all that there are.
int acl_check_cmd(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count == 0) return raise(lua, "ERR Please specify at least one argument for this redis lib call");
  std::vector<std::string_view> words;
  for (int i = 1; i <= count; i++) {
    if (lua_isstring(lua, i) == 0) {
      return raise(lua, "ERR Lua redis lib command arguments must be strings or integers");
    }
    size_t size = 0;
    const char* bytes = lua_tolstring(lua, i, &size);
    words.emplace_back(bytes, size);
  }
  if (!runner(lua).knows(words)) return raise(lua, "ERR Invalid command passed to redis.acl_check_cmd()");
  lua_pushboolean(lua, 1);
  return 1;
}

int replicate_commands(lua_State* lua) {
  lua_pushboolean(lua, 1);
  return 1;
}

int breakpoint(lua_State* lua) {
  lua_pushboolean(lua, 0);
  return 1;
}

int debug(lua_State*) { return 0; }

void add_functions(lua_State* lua, std::initializer_list<luaL_Reg> functions) {
  for (const luaL_Reg& each : functions) {
    lua_pushlightuserdata(lua, &ScriptRunner::of(lua));
    lua_pushcclosure(lua, each.func, 1);
    lua_setfield(lua, -2, each.name);
  }
}

void add_constants(lua_State* lua) {
  const std::pair<const char*, int> numbers[] = {
      {"LOG_DEBUG", 0}, {"LOG_VERBOSE", 1}, {"LOG_NOTICE", 2}, {"LOG_WARNING", 3}, {"REDIS_VERSION_NUM", 0x070000 | 15},
  };
  for (const auto& [name, value] : numbers) {
    lua_pushnumber(lua, value);
    lua_setfield(lua, -2, name);
  }
  lua_pushlstring(lua, kRedisVersion.data(), kRedisVersion.size());
  lua_setfield(lua, -2, "REDIS_VERSION");
}

void add_replication_flags(lua_State* lua) {
  const std::pair<const char*, int> numbers[] = {{"REPL_NONE", 0},
                                                 {"REPL_AOF", db::WriteEffects::kFiles},
                                                 {"REPL_SLAVE", db::WriteEffects::kReplicas},
                                                 {"REPL_REPLICA", db::WriteEffects::kReplicas},
                                                 {"REPL_ALL", kReplicateAll}};
  for (const auto& [name, value] : numbers) {
    lua_pushnumber(lua, value);
    lua_setfield(lua, -2, name);
  }
}

}  // namespace

void push_redis_api(lua_State* lua, ApiFor whom) {
  lua_newtable(lua);
  add_constants(lua);
  add_functions(lua, {{"log", log}});
  if (whom == ApiFor::kLoading) return;
  add_replication_flags(lua);
  add_functions(lua, {{"call", redis_call},
                      {"pcall", redis_pcall},
                      {"error_reply", error_reply},
                      {"status_reply", status_reply},
                      {"sha1hex", sha1hex},
                      {"setresp", setresp},
                      {"set_repl", set_repl},
                      {"acl_check_cmd", acl_check_cmd}});
  if (whom == ApiFor::kFunctions) return;
  add_functions(lua, {{"replicate_commands", replicate_commands}, {"breakpoint", breakpoint}, {"debug", debug}});
}

}  // namespace strata::script
