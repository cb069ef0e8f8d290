// nodes.conf: the view on the disk, so that a node that restarts is the one it was. Locked as long as the process lives:
// two nodes with one file would be the same node twice.
//
// It is replaced, never changed: a power cut leaves the old text or the new one, whole. The lock is on the file itself, so
// the new one is locked before it takes the name:
//
//   open, lock  nodes.conf.new     write, fdatasync     rename to nodes.conf     the old one is closed, its lock with it
#pragma once

#include <string>
#include <string_view>

#include "common/files.h"
#include "common/status.h"

namespace strata::cluster {

class NodesFile {
 public:
  // Opens (or creates) and locks. The error is for the log; the process should end.
  Status open(const std::string& path);
  const std::string& path() const { return path_; }

  Expected<std::string> read() const;  // empty: a new file
  Status write(std::string_view text, bool sync);

 private:
  std::string path_;
  UniqueFd fd_;
};

}  // namespace strata::cluster
