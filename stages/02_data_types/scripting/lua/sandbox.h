// What a script finds when it starts: the parts of Lua's library that can neither reach the system nor upset the next
// script, and the libraries that Redis adds (cjson, cmsgpack, bit, struct).
//
//   globals as scripts see them   read-only; a name that is not there is an error, not nil
//        |
//   the real globals              behind them; only the server adds to them (KEYS, ARGV)
//
// Left out: io, os, debug, package, print, dofile, loadfile, getfenv, setfenv, newproxy. Otherwise than usual:
//
//   load, loadstring   take source only; compiled code can be made to crash the interpreter
//   pcall              an error table with the field `err` comes out as that text
//   math.random        goes on from the same seed in every new state, on every machine
#pragma once

#include <lua.hpp>

#include <cstdint>

namespace strata::script {

// The real globals of a sandboxed state; pushes them.
void push_real_globals(lua_State* lua);

// Opens the libraries. The globals are the real ones until seal() is called.
void open_sandbox(lua_State* lua);

// Makes all tables among the globals read-only, then the globals themselves.
void seal(lua_State* lua);

// Pushes a metatable that makes reading a name which a table does not have an error.
void push_missing_name_metatable(lua_State* lua);

// `*text` is Lua source that compiles into a function on top of the stack; false: an error message is there instead.
bool compile(lua_State* lua, const char* text, size_t length, const char* chunk_name);

}  // namespace strata::script
