// Stage 2's table of contents: what it plugs into a Server that has stage 1.
#pragma once

#include "01_resp_server/server/server.h"

namespace strata::db {

void install(resp::Server& server);

}  // namespace strata::db
