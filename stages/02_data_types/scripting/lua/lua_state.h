// An interpreter: created with the sandbox open, closed with its owner.
//
// Lua is linked in the form that is compiled as C++: an error of a script is thrown, so that what C++ functions hold while
// they are called from Lua is released. Nothing is thrown past LuaState's users: whoever calls into Lua does so protected.
//
// Its memory comes from the server's allocator, so it is part of used_memory and counts for maxmemory.
#pragma once

#include <cstddef>
#include <lua.hpp>

namespace strata::script {

class LuaState {
 public:
  LuaState();
  ~LuaState();
  LuaState(const LuaState&) = delete;
  LuaState& operator=(const LuaState&) = delete;

  lua_State* get() const { return lua_; }
  size_t memory_bytes() const;

 private:
  lua_State* lua_;
};

// Leaves the stack as it was found.
class StackGuard {
 public:
  explicit StackGuard(lua_State* lua) : lua_(lua), top_(lua_gettop(lua)) {}
  ~StackGuard() { lua_settop(lua_, top_); }
  StackGuard(const StackGuard&) = delete;
  StackGuard& operator=(const StackGuard&) = delete;

 private:
  lua_State* lua_;
  int top_;
};

}  // namespace strata::script
