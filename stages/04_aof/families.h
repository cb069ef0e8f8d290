// The parts of stage 4.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::aof {

using resp::Server;

void install_bgrewriteaof(Server&);  // BGREWRITEAOF
void install_aof_debug(Server&);     // DEBUG LOADAOF

}  // namespace strata::aof
