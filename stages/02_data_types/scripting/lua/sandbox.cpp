#include "02_data_types/scripting/lua/sandbox.h"

#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "02_data_types/scripting/libraries/libraries.h"
#include "02_data_types/scripting/lua/readonly_tables.h"

namespace strata::script {

namespace {

char kRealGlobals;  // its address: the registry's key
char kRandomState;

constexpr char kCompiledCode = '\x1b';  // the first byte of what string.dump gives

// --- loading code ---

// What load and loadstring give: the function on top of the stack, or nil and the message that is there.
int function_or_message(lua_State* lua, bool ok) {
  if (ok) return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

// loadstring(text [, chunk name])
int load_string(lua_State* lua) {
  size_t length = 0;
  const char* text = luaL_checklstring(lua, 1, &length);
  const char* name = luaL_optstring(lua, 2, text);
  return function_or_message(lua, compile(lua, text, length, name));
}

// The reader of `load`: the piece that was given last stays at this index, so that it is not collected.
constexpr int kPiece = 3;

const char* next_piece(lua_State* lua, void* first, size_t* size) {
  luaL_checkstack(lua, 2, "too many nested functions");
  lua_pushvalue(lua, 1);
  lua_call(lua, 0, 1);
  if (lua_isnil(lua, -1)) {
    *size = 0;
    return nullptr;
  }
  if (lua_isstring(lua, -1) == 0) luaL_error(lua, "reader function must return a string");
  lua_replace(lua, kPiece);
  const char* piece = lua_tolstring(lua, kPiece, size);
  // A space in front of what looks like compiled code makes source of it, which it is not.
  const bool is_first = std::exchange(*static_cast<bool*>(first), false);
  return is_first && *size > 0 && *piece == kCompiledCode ? (*size = 2, " \x1b") : piece;
}

// load(function that gives the text piece by piece [, chunk name])
int load(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TFUNCTION);
  const char* name = luaL_optstring(lua, 2, "=(load)");
  lua_settop(lua, kPiece);
  bool first = true;
  return function_or_message(lua, lua_load(lua, next_piece, &first, name) == 0);
}

// --- errors ---

int protected_call(lua_State* lua) {
  luaL_checkany(lua, 1);
  const bool ok = lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0) == 0;
  if (!ok && lua_istable(lua, -1)) {
    lua_pushliteral(lua, "err");
    lua_rawget(lua, -2);
    if (lua_isstring(lua, -1)) {
      lua_replace(lua, -2);
    } else {
      lua_pop(lua, 1);
    }
  }
  lua_pushboolean(lua, ok);
  lua_insert(lua, 1);
  return lua_gettop(lua);
}

int missing_global(lua_State* lua) {
  return luaL_error(lua, "Script attempted to access nonexistent global variable '%s'", luaL_checkstring(lua, 2));
}

// --- random numbers: POSIX's 48-bit generator, whose sequence is the same everywhere ---

struct RandomState {
  unsigned short words[3];
  void seed(uint32_t value) {
    words[0] = 0x330E;
    words[1] = static_cast<unsigned short>(value);
    words[2] = static_cast<unsigned short>(value >> 16);
  }
};

RandomState& random_state(lua_State* lua) {
  return *static_cast<RandomState*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

// math.random([low,] [high])
int random(lua_State* lua) {
  constexpr long kModulus = INT32_MAX;
  const double fraction = static_cast<double>(nrand48(random_state(lua).words) % kModulus) / kModulus;
  switch (lua_gettop(lua)) {
    case 0:
      lua_pushnumber(lua, fraction);
      return 1;
    case 1: {
      const int high = luaL_checkint(lua, 1);
      luaL_argcheck(lua, 1 <= high, 1, "interval is empty");
      lua_pushnumber(lua, std::floor(fraction * high) + 1);
      return 1;
    }
    case 2: {
      const int low = luaL_checkint(lua, 1);
      const int high = luaL_checkint(lua, 2);
      luaL_argcheck(lua, low <= high, 2, "interval is empty");
      lua_pushnumber(lua, std::floor(fraction * (static_cast<double>(high) - low + 1)) + low);
      return 1;
    }
    default:
      return luaL_error(lua, "wrong number of arguments");
  }
}

int seed_random(lua_State* lua) {
  random_state(lua).seed(static_cast<uint32_t>(luaL_checkint(lua, 1)));
  return 0;
}

void install_random(lua_State* lua) {
  auto* state = static_cast<RandomState*>(lua_newuserdata(lua, sizeof(RandomState)));
  state->seed(0x1234ABCD);  // as an unseeded generator starts
  lua_pushlightuserdata(lua, &kRandomState);
  lua_pushvalue(lua, -2);
  lua_rawset(lua, LUA_REGISTRYINDEX);
  lua_pop(lua, 1);
  lua_getglobal(lua, "math");
  lua_pushlightuserdata(lua, state);
  lua_pushcclosure(lua, random, 1);
  lua_setfield(lua, -2, "random");
  lua_pushlightuserdata(lua, state);
  lua_pushcclosure(lua, seed_random, 1);
  lua_setfield(lua, -2, "randomseed");
  lua_pop(lua, 1);
}

// --- the whole ---

void open_library(lua_State* lua, const char* name, lua_CFunction open) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

void make_strings_metatable_readonly(lua_State* lua) {
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_getfield(lua, -1, "__index");
  make_readonly(lua);
  lua_setfield(lua, -2, "__index");
  make_readonly(lua);  // for whoever asks for it
  lua_pop(lua, 2);
}

}  // namespace

bool compile(lua_State* lua, const char* text, size_t length, const char* chunk_name) {
  if (length > 0 && *text == kCompiledCode) {
    // As if it were source, of which no such byte is a part.
    std::string source(" ");
    source.append(text, 1);
    return luaL_loadbuffer(lua, source.data(), source.size(), chunk_name) == 0;
  }
  return luaL_loadbuffer(lua, text, length, chunk_name) == 0;
}

void push_missing_name_metatable(lua_State* lua) {
  lua_createtable(lua, 0, 1);
  lua_pushcfunction(lua, missing_global);
  lua_setfield(lua, -2, "__index");
}

void push_real_globals(lua_State* lua) {
  lua_pushlightuserdata(lua, &kRealGlobals);
  lua_rawget(lua, LUA_REGISTRYINDEX);
}

void open_sandbox(lua_State* lua) {
  lua_pushlightuserdata(lua, &kRealGlobals);
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  lua_rawset(lua, LUA_REGISTRYINDEX);

  open_library(lua, "", luaopen_base);
  open_library(lua, LUA_TABLIBNAME, luaopen_table);
  open_library(lua, LUA_STRLIBNAME, luaopen_string);
  open_library(lua, LUA_MATHLIBNAME, luaopen_math);
  open_script_libraries(lua);
  install_random(lua);

  for (const char* name : {"print", "dofile", "loadfile", "getfenv", "setfenv", "newproxy"}) {
    lua_pushnil(lua);
    lua_setglobal(lua, name);
  }
  lua_register(lua, "load", load);
  lua_register(lua, "loadstring", load_string);
  lua_register(lua, "pcall", protected_call);
  guard_raw_functions(lua);
}

void seal(lua_State* lua) {
  make_strings_metatable_readonly(lua);
  push_real_globals(lua);
  const int globals = lua_gettop(lua);

  std::vector<std::string> tables;
  for (lua_pushnil(lua); lua_next(lua, globals) != 0; lua_pop(lua, 1)) {
    if (lua_istable(lua, -1) && lua_rawequal(lua, -1, globals) == 0) tables.emplace_back(lua_tostring(lua, -2));
  }
  for (const std::string& name : tables) {
    lua_getfield(lua, globals, name.c_str());
    make_readonly(lua);
    lua_setfield(lua, globals, name.c_str());
  }

  push_missing_name_metatable(lua);
  lua_pushvalue(lua, -1);
  lua_setmetatable(lua, globals);
  make_readonly(lua);
  lua_pop(lua, 1);

  lua_pushvalue(lua, globals);
  make_readonly(lua);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, globals, "_G");
  lua_replace(lua, LUA_GLOBALSINDEX);
  lua_settop(lua, globals - 1);
}

}  // namespace strata::script
