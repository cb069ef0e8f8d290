// What this server has on its disk, and whether it can write there.
#pragma once

#include "01_resp_server/server/server.h"

namespace strata::repl {

bool keeps_data(resp::Server& server);  // in snapshots, at times, or in a log
// Writes of clients are refused for it (MISCONF); those of a master are not.
bool disk_fails(resp::Server& server);

}  // namespace strata::repl
