// Stage 7's table of contents: what makes a sentinel of a server without a keyspace (install_server of stage 1).
#pragma once

#include "01_resp_server/server/server.h"

namespace strata::sentinel {

void install(resp::Server& server);

}  // namespace strata::sentinel
