// redis.register_function(name, callback) and redis.register_function{function_name=, callback=, flags=, description=}.
#include "02_data_types/scripting/functions/function_engine.h"
#include "02_data_types/scripting/running/script_flags.h"
#include "02_data_types/scripting/running/values.h"

namespace strata::script {

namespace {

[[noreturn]] void raise(lua_State* lua, std::string_view text) {
  push_error(lua, text, false);
  lua_error(lua);
  __builtin_unreachable();
}

std::string text_at(lua_State* lua, int index) {
  size_t size = 0;
  const char* bytes = lua_tolstring(lua, index, &size);
  return {bytes, size};
}

uint32_t read_flags(lua_State* lua) {
  if (!lua_istable(lua, -1)) {
    raise(lua, "ERR flags argument to redis.register_function must be a table representing function flags");
  }
  uint32_t flags = 0;
  for (int i = 1;; i++) {
    lua_rawgeti(lua, -1, i);
    if (lua_isnil(lua, -1)) break;
    const uint32_t flag = lua_isstring(lua, -1) != 0 ? script_flag(text_at(lua, -1)) : 0;
    if (flag == 0) raise(lua, "ERR unknown flag given");
    flags |= flag;
    lua_pop(lua, 1);
  }
  lua_pop(lua, 1);
  return flags;
}

// The callback is left on top of the stack.
Function named_arguments(lua_State* lua) {
  Function function;
  bool named = false;
  bool callable = false;
  lua_pushnil(lua);  // the place of the callback
  for (lua_pushnil(lua); lua_next(lua, 1) != 0; lua_pop(lua, 1)) {
    const std::string key = lua_type(lua, -2) == LUA_TSTRING ? text_at(lua, -2) : std::string();
    if (key == "function_name") {
      if (lua_isstring(lua, -1) == 0) {
        raise(lua, "ERR function_name argument given to redis.register_function must be a string");
      }
      lua_pushvalue(lua, -1);
      function.name = text_at(lua, -1);
      lua_pop(lua, 1);
      named = true;
    } else if (key == "description") {
      if (lua_isstring(lua, -1) == 0) {
        raise(lua, "ERR description argument given to redis.register_function must be a string");
      }
      function.description = text_at(lua, -1);
    } else if (key == "callback") {
      if (!lua_isfunction(lua, -1)) {
        raise(lua, "ERR callback argument given to redis.register_function must be a function");
      }
      lua_pushvalue(lua, -1);
      lua_replace(lua, 2);
      callable = true;
    } else if (key == "flags") {
      function.flags = read_flags(lua);
    } else {
      raise(lua, "ERR unknown argument given to redis.register_function");
    }
  }
  if (!named) raise(lua, "ERR redis.register_function must get a function name argument");
  if (!callable) raise(lua, "ERR redis.register_function must get a callback argument");
  return function;
}

Function positional_arguments(lua_State* lua) {
  Function function;
  if (lua_isstring(lua, 1) == 0) raise(lua, "ERR first argument to redis.register_function must be a string");
  if (!lua_isfunction(lua, 2)) raise(lua, "ERR second argument to redis.register_function must be a function");
  function.name = text_at(lua, 1);
  return function;
}

}  // namespace

// [task 2.15] Note a function of the library that is being loaded.
int FunctionEngine::register_function(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (loading_ == nullptr) {
    raise(lua, "ERR redis.register_function can only be called on FUNCTION LOAD command");
  }
  if (count != 1 && count != 2) raise(lua, "ERR wrong number of arguments to redis.register_function");
  if (count == 1 && !lua_istable(lua, 1)) {
    raise(lua,
          "ERR calling redis.register_function with a single argument is only applicable to Lua table (representing "
          "named arguments).");
  }
  Function function = count == 1 ? named_arguments(lua) : positional_arguments(lua);
  if (!is_function_name(function.name)) raise(lua, "ERR " + std::string(kBadFunctionName));
  for (const Function& other : loading_->functions) {
    if (equals_nocase(other.name, function.name)) raise(lua, "ERR Function already exists in the library");
  }
  lua_settop(lua, 2);
  function.callback = luaL_ref(lua, LUA_REGISTRYINDEX);
  loading_->functions.push_back(std::move(function));
  return 0;
}

}  // namespace strata::script
