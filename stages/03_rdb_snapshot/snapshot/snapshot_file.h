// A snapshot as a file: written so that the file of that name is always a whole snapshot.
//
//   write  temp-<pid>.rdb      in the working directory, mode 0666 & ~umask
//   fsync  temp-<pid>.rdb
//   rename temp-<pid>.rdb -> <name>
//   fsync  the folder
#pragma once

#include <string>

#include "03_rdb_snapshot/snapshot/snapshot_writer.h"

namespace strata::rdb {

// Writes all databases to `name`. On an error the old file is untouched, the temporary one is gone, and the reason is in
// the log as well.
Status save_snapshot_file(resp::Server& server, const std::string& name, const SaveProgress& progress = {});

// The temporary file of a process, for whoever cleans up after a child that died.
std::string temporary_name(int pid);

}  // namespace strata::rdb
