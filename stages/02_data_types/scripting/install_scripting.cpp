// Scripts: EVAL and SCRIPT, FCALL and FUNCTION, and what INFO tells of them.
#include "01_resp_server/server/info_sections.h"
#include "01_resp_server/server/memory_report.h"
#include "02_data_types/families.h"
#include "02_data_types/scripting/eval/eval_commands.h"
#include "02_data_types/scripting/eval/script_cache.h"
#include "02_data_types/scripting/functions/function_commands.h"
#include "02_data_types/scripting/functions/function_engine.h"
#include "02_data_types/scripting/running/flag_gate.h"
#include "02_data_types/scripting/running/script_runner.h"

namespace strata::db {

void install_scripting(Server& server) {
  using namespace script;
  auto& runner = server.own<ScriptRunner>(server, server.get<Keyspace>());
  server.own<FlagGate>(server);
  auto& scripts = server.own<ScriptCache>(runner);
  auto& functions = server.own<FunctionEngine>(runner);

  server.config.integer("busy-reply-threshold", &runner.threshold_ms, 5000, 0, INT64_MAX,
                        "milliseconds after which others hear that a script keeps the server busy; 0: never",
                        {.alias = "lua-time-limit"});

  install_eval(server);               // EVAL EVALSHA EVAL_RO EVALSHA_RO
  install_script_commands(server);    // SCRIPT ...
  install_fcall(server);              // FCALL FCALL_RO
  install_function_commands(server);  // FUNCTION ...

  auto& memory = resp::MemoryAccounts::of(server);
  memory.add(resp::MemoryPart::kLuaCaches, [&] { return scripts.memory_bytes(); });
  memory.add(resp::MemoryPart::kFunctionsCaches, [&] { return functions.set.memory_bytes(); });
  server.info.section("memory").add([&](resp::InfoWriter& out) {
    const size_t eval_lua = scripts.lua_bytes();
    const size_t function_lua = functions.lua_bytes();
    const size_t texts = scripts.memory_bytes() + functions.set.memory_bytes();
    out.field("used_memory_lua", eval_lua);
    out.field("used_memory_vm_eval", eval_lua);
    out.field("used_memory_lua_human", resp::human_bytes(eval_lua));
    out.field("used_memory_scripts_eval", scripts.memory_bytes());
    out.field("number_of_cached_scripts", scripts.size());
    out.field("number_of_functions", functions.set.functions());
    out.field("number_of_libraries", functions.set.libraries().size());
    out.field("used_memory_vm_functions", function_lua);
    out.field("used_memory_vm_total", eval_lua + function_lua);
    out.field("used_memory_vm_total_human", resp::human_bytes(eval_lua + function_lua));
    out.field("used_memory_functions", functions.set.memory_bytes());
    out.field("used_memory_scripts", texts);
    out.field("used_memory_scripts_human", resp::human_bytes(texts));
  });
}

}  // namespace strata::db
