// The scripts that EVAL and SCRIPT LOAD have brought: compiled once, found by their text or by its SHA-1.
//
// Scripts stay until SCRIPT FLUSH. They are no data: neither saved nor replicated (their effects are), so a client has to
// be ready to hear NOSCRIPT.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "02_data_types/scripting/lua/lua_state.h"
#include "02_data_types/scripting/running/script_flags.h"
#include "02_data_types/scripting/running/script_runner.h"
#include "common/status.h"

namespace strata::script {

struct CachedScript {
  std::string text;
  std::string sha;     // 40 hex digits
  uint32_t flags = 0;  // ScriptFlag bits
  int function = 0;    // a reference in the state's registry
};

class ScriptCache {
 public:
  explicit ScriptCache(ScriptRunner& runner) : runner_(runner) { start(); }

  // nullptr: not there.
  const CachedScript* by_text(std::string_view text) const;
  const CachedScript* by_sha(std::string_view sha) const;  // in any case

  // Compiles a script that is not there yet. The error is what the client is told.
  Expected<const CachedScript*> load(std::string_view text);

  void flush();

  lua_State* lua() const { return state_->get(); }
  void push_function(const CachedScript& script) const { lua_rawgeti(lua(), LUA_REGISTRYINDEX, script.function); }

  size_t size() const { return by_sha_.size(); }
  size_t memory_bytes() const;  // of the scripts' texts and what finds them
  size_t lua_bytes() const { return state_->memory_bytes(); }

 private:
  struct Hasher {
    size_t operator()(std::string_view text) const;
  };
  void start();

  ScriptRunner& runner_;
  std::unique_ptr<LuaState> state_;
  std::unordered_map<std::string_view, std::unique_ptr<CachedScript>, Hasher> by_text_;  // keys: views of the scripts
  std::unordered_map<std::string_view, const CachedScript*, Hasher> by_sha_;
  size_t text_bytes_ = 0;
};

}  // namespace strata::script
