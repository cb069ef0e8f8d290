// The table `redis` that scripts speak to the server with.
//
//   call pcall                          run a command; an error is raised, or comes back as a table
//   error_reply status_reply            make the tables that stand for such replies
//   sha1hex log setresp acl_check_cmd
//   set_repl                            accepted, checked, without effect here: all effects go everywhere
//   replicate_commands breakpoint debug EVAL only; of Redis's debugger there is nothing
//   LOG_* REPL_* REDIS_VERSION*         constants
#pragma once

#include <lua.hpp>

namespace strata::script {

enum class ApiFor { kEval, kFunctions, kLoading };

// Pushes the table. What loads a library sees `log` and the constants only (and register_function, added by others).
void push_redis_api(lua_State* lua, ApiFor whom);

}  // namespace strata::script
