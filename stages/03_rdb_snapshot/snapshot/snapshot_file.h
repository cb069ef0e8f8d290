// A snapshot as a file: the whole keyspace, written so that the file of that name is always a whole snapshot.
//
//   write  temp-<pid>.rdb      in the working directory, mode 0666 & ~umask
//   fsync  temp-<pid>.rdb
//   rename temp-<pid>.rdb -> <name>
//   fsync  the folder
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "01_resp_server/server/server.h"

namespace strata::rdb {

// Told how many keys have been written so far, every now and then. A child passes it on to its parent.
using SaveProgress = std::function<void(uint64_t keys)>;

// Writes all databases to `name`. On an error the old file is untouched, the temporary one is gone, and the reason is in
// the log as well.
Status save_snapshot_file(resp::Server& server, const std::string& name, const SaveProgress& progress = {});

// The temporary file of a process, for whoever cleans up after a child that died.
std::string temporary_name(int pid);

}  // namespace strata::rdb
