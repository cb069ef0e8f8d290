// Loads the files of a log, in the manifest's order.
#pragma once

#include <cstdint>

#include "01_resp_server/server/server.h"
#include "04_aof/files/log_directory.h"

namespace strata::aof {

struct LoadedLog {
  uint64_t bytes = 0;       // of all files, after a cut end was taken off
  uint64_t base_bytes = 0;  // of the base
};

// A log that ends in the middle of a command is cut there, if `cut_allowed` (aof-load-truncated) and it is the last file.
// The error of anything else says what to do. A shutdown that comes meanwhile is no error.
Expected<LoadedLog> load_log(resp::Server& server, const LogDirectory& directory, bool cut_allowed);

}  // namespace strata::aof
