// Tables that scripts may read and must not change: the globals, the libraries.
//
// Lua 5.1 has no such tables. What a script gets in the place of one is a stand-in, an empty table whose metatable does
// the rest:
//
//   redis (stand-in)  --metatable-->  { __index = the real table, __newindex = refuse, [mark] = the real table }
//
// Some functions of Lua's library do not ask metatables (rawset, next, table.insert, getmetatable). They are replaced by
// versions that know stand-ins, so that a script cannot tell one from a table that nobody may write to.
#pragma once

#include <lua.hpp>

namespace strata::script {

// Replaces the table on top of the stack by its stand-in. The same table has the same stand-in each time.
void make_readonly(lua_State* lua);

// Puts the versions that know stand-ins into the globals, which are still a real table.
void guard_raw_functions(lua_State* lua);

}  // namespace strata::script
