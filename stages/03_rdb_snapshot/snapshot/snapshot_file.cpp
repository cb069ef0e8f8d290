#include "03_rdb_snapshot/snapshot/snapshot_file.h"

#include <fmt/format.h>

namespace strata::rdb {

std::string temporary_name(int pid) { return fmt::format("temp-{}.rdb", pid); }

Status save_snapshot_file(resp::Server&, const std::string&, const SaveProgress&) {
  return Status::error("snapshots cannot be written yet");
}

}  // namespace strata::rdb
