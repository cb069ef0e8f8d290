#include "common/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace strata {

void UniqueFd::reset(int fd) {
  const int old = std::exchange(fd_, fd);
  if (old < 0) return;
  const int saved_errno = errno;
  // No retry on EINTR: Linux has released the descriptor by then, and it may already be somebody else's.
  close(old);
  errno = saved_errno;
}

Expected<UniqueFd> open_file(const std::string& path, int flags, mode_t mode) {
  int fd;
  do {
    fd = open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return Status::from_errno("open " + path);
  return UniqueFd(fd);
}

Expected<std::string> read_all(int fd, std::string_view name) {
  std::string content;
  struct stat info;
  if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0) {
    content.reserve(static_cast<size_t>(info.st_size) + 1);
  }
  size_t size = 0;
  for (;;) {
    // The spare byte of the reserve above lets the read that finds the end happen without growing.
    if (size == content.size()) content.resize(content.capacity() > size ? content.capacity() : size + 65536);
    const ssize_t got = read(fd, content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Status::from_errno(fmt::format("read {}", name));
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  content.resize(size);
  return content;
}

Expected<std::string> read_file(const std::string& path) {
  Expected<UniqueFd> fd = open_file(path, O_RDONLY);
  if (!fd) return fd.status();
  return read_all(fd->get(), path);
}

Status write_all(int fd, std::string_view data, std::string_view name) {
  while (!data.empty()) {
    const ssize_t put = write(fd, data.data(), data.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Status::from_errno(fmt::format("write {}", name));
    data.remove_prefix(static_cast<size_t>(put));
  }
  return {};
}

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status fsync_directory(const std::string& directory) {
  Expected<UniqueFd> fd = open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!fd) return fd.status();
  if (fsync(fd->get()) != 0 && errno != EINVAL && errno != EBADF) {
    return Status::from_errno("fsync directory " + directory);
  }
  return {};
}

Status write_file_atomic(const std::string& path, std::string_view data, mode_t mode) {
  const std::string directory = directory_of(path);
  const size_t slash = path.rfind('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  Expected<TempFile> file = TempFile::create(fmt::format("{}/.{}.tmp-", directory, name));
  if (!file) return file.status();

  if (Status status = write_all(file->fd(), data, file->path()); !status) return status;
  struct stat old;
  if (stat(path.c_str(), &old) == 0) mode = old.st_mode & 07777;
  if (fchmod(file->fd(), mode) != 0) return Status::from_errno("chmod " + file->path());
  if (fsync(file->fd()) != 0) return Status::from_errno("fsync " + file->path());
  if (Status status = file->rename_to(path); !status) return status;
  return fsync_directory(directory);
}

Expected<TempFile> TempFile::create(const std::string& prefix) {
  std::string path = prefix + "XXXXXX";
  UniqueFd fd(mkostemp(path.data(), O_CLOEXEC));
  if (!fd) return Status::from_errno("create " + path);
  return TempFile(std::move(fd), std::move(path));
}

TempFile& TempFile::operator=(TempFile&& other) noexcept {
  if (this != &other) {
    remove();
    fd_ = std::move(other.fd_);
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

void TempFile::remove() {
  if (path_.empty()) return;
  const int saved_errno = errno;
  unlink(path_.c_str());
  errno = saved_errno;
  path_.clear();
  fd_.reset();
}

Status TempFile::rename_to(const std::string& path) {
  if (rename(path_.c_str(), path.c_str()) != 0) {
    return Status::from_errno(fmt::format("rename {} to {}", path_, path));
  }
  path_.clear();
  return {};
}

}  // namespace strata
