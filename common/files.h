// Files and descriptors. Whatever can fail returns a Status that names the call, the path and the system's
// reason.
//
// How a file is replaced so that a power cut leaves either the old or the new content, never a mix or
// nothing:
//
//   write  dir/.NAME.tmp-XXXXXX      the new content, under a name nobody looks for
//   fsync  dir/.NAME.tmp-XXXXXX      content is on disk before any name points to it
//   rename dir/.NAME.tmp-XXXXXX -> dir/NAME
//   fsync  dir                       the rename itself is on disk
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>

#include "common/status.h"

namespace strata {

// Owns a descriptor (file, socket, epoll, ...); closes it when it goes away.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(other.release());
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }
  // Closes what was held; errno is kept.
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

// open(2) with O_CLOEXEC added and EINTR handled.
Expected<UniqueFd> open_file(const std::string& path, int flags, mode_t mode = 0644);

// The whole file, also one without a size (/proc, a pipe).
Expected<std::string> read_file(const std::string& path);
// Everything up to the end of a descriptor; `name` is for the error message.
Expected<std::string> read_all(int fd, std::string_view name);

// Writes all of `data` to a blocking descriptor, whatever signals and short writes come in between.
Status write_all(int fd, std::string_view data, std::string_view name);

// Replaces (or creates) the file in the four steps above. On failure the old file is untouched and the
// temporary file is gone. A replaced file keeps its permissions; `mode` is for a new one.
Status write_file_atomic(const std::string& path, std::string_view data, mode_t mode = 0644);

// Makes the names in a directory durable. File systems that cannot sync a directory (EINVAL, EBADF) count as
// success.
Status fsync_directory(const std::string& directory);

// "." for a path without '/'.
std::string directory_of(const std::string& path);

// A file under a fresh unique name; unlinked when the object goes away, unless kept.
class TempFile {
 public:
  // Creates `prefix` + six random characters, mode 0600.
  static Expected<TempFile> create(const std::string& prefix);
  TempFile(TempFile&& other) noexcept : fd_(std::move(other.fd_)), path_(std::exchange(other.path_, {})) {}
  TempFile& operator=(TempFile&& other) noexcept;
  ~TempFile() { remove(); }

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }
  void remove();
  // Gives the file its final name (same file system) and keeps it there. No fsync.
  Status rename_to(const std::string& path);

 private:
  TempFile(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  UniqueFd fd_;
  std::string path_;  // empty once removed or renamed
};

}  // namespace strata
