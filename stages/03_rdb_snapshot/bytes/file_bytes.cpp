#include "03_rdb_snapshot/bytes/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace strata::rdb {

Status FileSink::write(std::string_view bytes) {
  if (Status written = write_all(fd_, bytes, name_); !written.ok()) return written;
  written_ += static_cast<int64_t>(bytes.size());
  if (incremental_fsync_ && written_ - started_ >= kSyncBytes) sync_some();
  return {};
}

// Starts the newest stretch on its way and waits for the one before, so that at most two are under way. Durability is
// the business of sync(): a system that cannot do this loses nothing but smoothness.
void FileSink::sync_some() {
  const int64_t stretch = written_ - started_;
  (void)::sync_file_range(fd_, started_, stretch, SYNC_FILE_RANGE_WRITE);
  if (started_ >= stretch) {
    (void)::sync_file_range(fd_, 0, started_, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WAIT_AFTER);
  }
  started_ = written_;
}

Status FileSink::sync() {
  if (::fsync(fd_) != 0) return Status::from_errno("fsync " + name_);
  return {};
}

Expected<FileSource> FileSource::open(const std::string& path) {
  Expected<UniqueFd> fd = open_file(path, O_RDONLY);
  if (!fd) return fd.status();
  struct stat about {};
  if (::fstat(fd->get(), &about) != 0) return Status::from_errno("fstat " + path);
  (void)::posix_fadvise(fd->get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return FileSource(*std::move(fd), path, static_cast<uint64_t>(about.st_size));
}

Expected<size_t> FileSource::read(std::span<char> room) {
  for (;;) {
    const ssize_t n = ::read(fd_.get(), room.data(), room.size());
    if (n >= 0) {
      remaining_ -= std::min(remaining_, static_cast<uint64_t>(n));
      return static_cast<size_t>(n);
    }
    if (errno != EINTR) return Status::from_errno("read " + path_);
  }
}

}  // namespace strata::rdb
