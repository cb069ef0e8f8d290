#include "02_data_types/scripting/lua/lua_state.h"

#include "02_data_types/scripting/lua/sandbox.h"
#include "common/assert.h"

namespace strata::script {

LuaState::LuaState() : lua_(luaL_newstate()) {
  STRATA_ASSERT(lua_ != nullptr, "no memory for {}", LUA_VERSION);
  open_sandbox(lua_);
}

LuaState::~LuaState() { lua_close(lua_); }

size_t LuaState::memory_bytes() const {
  return static_cast<size_t>(lua_gc(lua_, LUA_GCCOUNT, 0)) * 1024 + static_cast<size_t>(lua_gc(lua_, LUA_GCCOUNTB, 0));
}

}  // namespace strata::script
