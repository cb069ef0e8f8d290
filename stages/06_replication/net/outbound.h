// Connections that this server opens itself.
#pragma once

#include <string>

#include "common/files.h"
#include "common/status.h"

namespace strata::repl {

// Begins to connect; the socket becomes writable when that has succeeded or failed (socket_error). Names are looked up at
// once, which may take its time: give an address where that matters. `source`: the address of this machine to come from
// (bind-source-addr); empty: the system's choice.
Expected<UniqueFd> connect_nonblocking(const std::string& host, int port, const std::string& source = {});

// The error of a connect that has ended, 0 for none.
int socket_error(int fd);

}  // namespace strata::repl
