// The commands around libraries of functions.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::script {

void install_fcall(resp::Server& server);              // FCALL FCALL_RO
void install_function_commands(resp::Server& server);  // FUNCTION LOAD DELETE FLUSH LIST STATS KILL

}  // namespace strata::script
