// The libraries that scripts find besides Lua's own. cjson and bit are Debian's packages of the very libraries that Redis
// carries a copy of (lua-cjson 2.1.0, BitOp 1.0.2). Of struct and cmsgpack there is no package for Lua 5.1 with these
// functions, so they are written here.
#pragma once

#include <lua.hpp>

namespace strata::script {

void open_struct(lua_State* lua);        // struct.pack size unpack: struct_library.cpp
void open_message_pack(lua_State* lua);  // cmsgpack.pack unpack unpack_one unpack_limit: message_pack.cpp

// All four, as globals.
void open_script_libraries(lua_State* lua);

}  // namespace strata::script
