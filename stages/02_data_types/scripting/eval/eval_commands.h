// The commands around the script cache.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::script {

void install_eval(resp::Server& server);             // EVAL EVALSHA EVAL_RO EVALSHA_RO
void install_script_commands(resp::Server& server);  // SCRIPT LOAD EXISTS FLUSH KILL DEBUG

}  // namespace strata::script
