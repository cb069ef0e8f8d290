// Stage 8's table of contents: what it plugs into a Server that has stages 1 to 7.
#pragma once

#include "01_resp_server/server/server.h"

namespace strata::cluster {

void install(resp::Server& server);

}  // namespace strata::cluster
