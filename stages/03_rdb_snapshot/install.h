// Stage 3's table of contents: what it plugs into a Server that has stages 1 and 2.
#pragma once

#include "01_resp_server/server/server.h"

namespace strata::rdb {

void install(resp::Server& server);

}  // namespace strata::rdb
