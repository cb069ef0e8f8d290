// Files as sinks and sources.
#pragma once

#include <string>

#include "03_rdb_snapshot/bytes/byte_sink.h"
#include "03_rdb_snapshot/bytes/byte_source.h"
#include "common/files.h"

namespace strata::rdb {

// Writes to a new file. With `incremental_fsync` the disk gets its work every 4 MiB, while more is being written: the
// fsync at the end then has little left to wait for, and other writers are not stalled by one huge flush.
class FileSink final : public ByteSink {
 public:
  // The descriptor stays the caller's.
  FileSink(int fd, std::string name, bool incremental_fsync)
      : fd_(fd), name_(std::move(name)), incremental_fsync_(incremental_fsync) {}

  Status write(std::string_view bytes) override;
  Status sync();  // everything is on the disk

 private:
  static constexpr int64_t kSyncBytes = 4 << 20;

  void sync_some();

  int fd_;
  std::string name_;
  bool incremental_fsync_;
  int64_t written_ = 0;
  int64_t started_ = 0;  // bytes whose way to the disk has begun
};

// Reads from an open file, from where it stands to its end.
class FileSource final : public ByteSource {
 public:
  static Expected<FileSource> open(const std::string& path);

  Expected<size_t> read(std::span<char> room) override;
  std::optional<uint64_t> remaining() const override { return remaining_; }
  uint64_t size() const { return size_; }

 private:
  FileSource(UniqueFd fd, std::string path, uint64_t size)
      : fd_(std::move(fd)), path_(std::move(path)), size_(size), remaining_(size) {}

  UniqueFd fd_;
  std::string path_;
  uint64_t size_;
  uint64_t remaining_;
};

}  // namespace strata::rdb
