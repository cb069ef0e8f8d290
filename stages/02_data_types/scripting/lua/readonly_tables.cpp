#include "02_data_types/scripting/lua/readonly_tables.h"

#include <initializer_list>

namespace strata::script {

namespace {

constexpr const char* kRefusal = "Attempt to modify a readonly table";

char kMark;      // its address is the key under which a stand-in's metatable has the real table
char kStandIns;  // and this one the registry's key of a table: real table -> stand-in

// If the value at `index` is a stand-in: pushes the real table.
bool push_real(lua_State* lua, int index) {
  if (!lua_istable(lua, index) || lua_getmetatable(lua, index) == 0) return false;
  lua_pushlightuserdata(lua, &kMark);
  lua_rawget(lua, -2);
  lua_remove(lua, -2);
  if (lua_istable(lua, -1)) return true;
  lua_pop(lua, 1);
  return false;
}

bool is_stand_in(lua_State* lua, int index) {
  if (!push_real(lua, index)) return false;
  lua_pop(lua, 1);
  return true;
}

// Pushes the table of stand-ins, which keeps nobody alive.
void push_stand_ins(lua_State* lua) {
  lua_pushlightuserdata(lua, &kStandIns);
  lua_rawget(lua, LUA_REGISTRYINDEX);
  if (lua_istable(lua, -1)) return;
  lua_pop(lua, 1);
  lua_newtable(lua);
  lua_pushlightuserdata(lua, &kStandIns);
  lua_pushvalue(lua, -2);
  lua_rawset(lua, LUA_REGISTRYINDEX);
}

// As an assignment in a script meets it: the error tells the script's line.
int refuse(lua_State* lua) { return luaL_error(lua, kRefusal); }

// Upvalue 1 of these two: the function of Lua's library that is guarded.
int refusing(lua_State* lua) {
  if (is_stand_in(lua, 1)) {
    lua_pushstring(lua, kRefusal);
    return lua_error(lua);
  }
  return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

int reading_the_real(lua_State* lua) {
  if (push_real(lua, 1)) lua_replace(lua, 1);
  return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

// next, in the way of reading_the_real, which is called once for every element of a loop.
int next_element(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 2);
  if (push_real(lua, 1)) lua_replace(lua, 1);
  if (lua_next(lua, 1) != 0) return 2;
  lua_pushnil(lua);
  return 1;
}

// Upvalue 1: next_element.
int pairs(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_pushvalue(lua, 1);
  lua_pushnil(lua);
  return 3;
}

// The metatables of stand-ins are nobody's business, and those of read-only tables and of strings are read-only.
int metatable_of(lua_State* lua) {
  luaL_checkany(lua, 1);
  if (push_real(lua, 1)) lua_replace(lua, 1);
  if (lua_getmetatable(lua, 1) == 0) {
    lua_pushnil(lua);
    return 1;
  }
  push_stand_ins(lua);
  lua_pushvalue(lua, -2);
  lua_rawget(lua, -2);
  if (lua_istable(lua, -1)) return 1;
  lua_settop(lua, 2);
  luaL_getmetafield(lua, 1, "__metatable");  // pushes nothing where there is none
  return 1;
}

// Replaces field `name` of the table on top of the stack, if there is one, by `version` of it.
void replace(lua_State* lua, const char* name, lua_CFunction version) {
  lua_getfield(lua, -1, name);
  if (lua_isfunction(lua, -1)) {
    lua_pushcclosure(lua, version, 1);
    lua_setfield(lua, -2, name);
  } else {
    lua_pop(lua, 1);
  }
}

}  // namespace

void make_readonly(lua_State* lua) {
  push_stand_ins(lua);
  lua_pushvalue(lua, -2);
  lua_rawget(lua, -2);
  if (!lua_istable(lua, -1)) {
    lua_pop(lua, 1);
    lua_newtable(lua);  // real, stand-ins, stand-in
    lua_createtable(lua, 0, 3);
    lua_pushvalue(lua, -4);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse);
    lua_setfield(lua, -2, "__newindex");
    lua_pushlightuserdata(lua, &kMark);
    lua_pushvalue(lua, -5);
    lua_rawset(lua, -3);
    lua_setmetatable(lua, -2);
    lua_pushvalue(lua, -3);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, -4);
  }
  lua_replace(lua, -3);
  lua_pop(lua, 1);
}

void guard_raw_functions(lua_State* lua) {
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  replace(lua, "rawset", refusing);
  replace(lua, "setmetatable", refusing);
  replace(lua, "rawget", reading_the_real);
  lua_pushcfunction(lua, next_element);
  lua_setfield(lua, -2, "next");
  lua_pushcfunction(lua, next_element);
  lua_pushcclosure(lua, pairs, 1);
  lua_setfield(lua, -2, "pairs");
  lua_pushcfunction(lua, metatable_of);
  lua_setfield(lua, -2, "getmetatable");

  lua_getfield(lua, -1, "table");
  for (const char* name : {"insert", "remove", "sort", "setn"}) replace(lua, name, refusing);
  for (const char* name : {"foreach", "foreachi", "getn", "maxn"}) replace(lua, name, reading_the_real);
  lua_pop(lua, 2);
}

}  // namespace strata::script
