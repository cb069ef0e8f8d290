#include "03_rdb_snapshot/snapshot/snapshot_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "03_rdb_snapshot/bytes/file_bytes.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "common/files.h"
#include "common/log.h"

namespace strata::rdb {

namespace {

Status write_temporary(resp::Server& server, const std::string& name, const SaveProgress& progress) {
  Expected<UniqueFd> fd = open_file(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (!fd) return fd.status();
  FileSink sink(fd->get(), name, server.get<RdbOptions>().incremental_fsync);
  if (Status written = write_snapshot(server, sink, ImageKind::kSnapshot, progress); !written.ok()) return written;
  return sink.sync();
}

}  // namespace

std::string temporary_name(int pid) { return fmt::format("temp-{}.rdb", pid); }

// [task 3.7] Replace the file in the four steps, leaving nothing behind when one fails.
Status save_snapshot_file(resp::Server& server, const std::string& name, const SaveProgress& progress) {
  const std::string temporary = temporary_name(::getpid());
  Status status = write_temporary(server, temporary, progress);
  if (status.ok() && std::rename(temporary.c_str(), name.c_str()) != 0) {
    status = Status::from_errno(fmt::format("rename {} to {}", temporary, name));
  }
  if (status.ok()) status = fsync_directory(directory_of(name));
  if (!status.ok()) {
    log_warning("Write error saving DB on disk: {}", status.message());
    ::unlink(temporary.c_str());
  }
  return status;
}

}  // namespace strata::rdb
