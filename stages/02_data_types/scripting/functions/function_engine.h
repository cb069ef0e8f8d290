// The interpreter of functions: turns the code of a library into functions that can be called, and has the server's set
// of them.
//
// While a library is loaded its code sees `redis` with register_function, log and constants, and nothing else: loading
// must not depend on the data, for it happens again wherever the library is replicated or read from a file. Once a function is called it
// sees what scripts see. Both worlds are behind the same read-only globals, whose back is exchanged.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "02_data_types/scripting/functions/function_library.h"
#include "02_data_types/scripting/lua/lua_state.h"
#include "02_data_types/scripting/running/script_runner.h"
#include "common/status.h"

namespace strata::script {

class FunctionEngine {
 public:
  explicit FunctionEngine(ScriptRunner& runner);

  // Compiles a library: reads its first line and runs its code, at most kLoadMs (unless `patient`: what was accepted
  // elsewhere is loaded however long it takes). A name that is in `taken` is refused before the code is looked at.
  Expected<std::unique_ptr<Library>> compile(std::string_view code, bool patient = false,
                                             const LibrarySet* taken = nullptr);

  // The server's libraries. Who changes them otherwise than by a command counts the change (WriteEffects::dirty).
  LibrarySet set;

  lua_State* lua() const { return state_.get(); }
  size_t lua_bytes() const { return state_.memory_bytes(); }

  // redis.register_function: adds to the library that is being loaded.
  int register_function(lua_State* lua);

  static constexpr int64_t kLoadMs = 500;

 private:
  void prepare_loading_world();
  void show_globals(int reference);
  Status run_code(std::string_view code, bool patient);
  Status read_heading(std::string_view code, Library* library, std::string_view* rest) const;

  ScriptRunner& runner_;
  LuaState state_;
  int real_globals_ = 0;     // references in the registry: what is behind the globals
  int loading_globals_ = 0;  // while a library is loaded
  Library* loading_ = nullptr;
};

}  // namespace strata::script
