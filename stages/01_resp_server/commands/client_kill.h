// CLIENT KILL: closing connections by what they are.
#pragma once

#include "01_resp_server/server/server.h"

namespace strata::resp {

//   CLIENT KILL addr                    the one with this address, the caller's own included; answers OK
//   CLIENT KILL <filter> <value> ...    all that pass every filter; answers their number
//
//   ID id   ADDR ip:port   LADDR ip:port   TYPE normal|master|replica|pubsub   USER name   SKIPME yes|no
//   (default yes)
//
// The caller's own connection is closed after it has the answer.
void client_kill_command(Client& client, Args args);

}  // namespace strata::resp
