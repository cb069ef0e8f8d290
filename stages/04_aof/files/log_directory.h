// The log's files on the disk: a directory, the manifest in it, and what the manifest names.
//
//   <dir>/appendonlydir/appendonly.aof.manifest
//                       appendonly.aof.2.base.aof
//                       appendonly.aof.2.incr.aof
//
// The manifest on the disk is always a whole one: it is replaced by
//
//   write temp-appendonly.aof.manifest -> fdatasync -> rename -> fsync of the directory
//
// and the one in memory follows once that has succeeded.
#pragma once

#include <functional>
#include <string>

#include "04_aof/files/manifest.h"
#include "common/files.h"

namespace strata::aof {

class LogDirectory {
 public:
  // Relative names are relative to the working directory at the time of each call.
  void configure(std::string directory, std::string prefix) {
    directory_ = std::move(directory);
    prefix_ = std::move(prefix);
  }
  const std::string& directory() const { return directory_; }
  const std::string& prefix() const { return prefix_; }
  std::string path(std::string_view file) const { return directory_ + "/" + std::string(file); }
  std::string manifest_name() const { return prefix_ + ".manifest"; }

  const Manifest& manifest() const { return manifest_; }
  bool exists() const;  // the directory

  Status make();  // the directory, unless it is there
  // Reads the manifest; none at all is an empty one.
  Status read();
  // Makes `manifest` the present one, on the disk first. After an error manifest() tells whether it has become that: then
  // only the directory could not be synced, and no file that it names may be deleted.
  Status persist(Manifest manifest);
  // Deletes the files that are history, then forgets them. A file that cannot be deleted is tried again the next time.
  // Freeing the blocks of a large file takes long: that happens when its last descriptor is closed, which
  // `close_later` is to see to.
  void remove_history(const std::function<void(UniqueFd)>& close_later);

  // Bytes of a file, 0 when it cannot be told.
  uint64_t bytes(const LogFileName& name) const;

 private:
  std::string directory_;
  std::string prefix_;
  Manifest manifest_;
};

}  // namespace strata::aof
