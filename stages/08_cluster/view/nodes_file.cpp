#include "08_cluster/view/nodes_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace strata::cluster {

namespace {

// False when the name was given to another file since it was opened.
bool is_at(int fd, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(fd, &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_ino == named.st_ino &&
         opened.st_dev == named.st_dev;
}

}  // namespace

Status NodesFile::open(const std::string& path) {
  path_ = path;
  while (true) {
    Expected<UniqueFd> opened = open_file(path, O_RDWR | O_CREAT);
    if (!opened) return opened.status();
    if (::flock(opened->get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK) return Status::from_errno("Impossible to lock " + path);
      return Status::error(
          "Sorry, the cluster configuration file {} is already used by a different Redis Cluster node. Please make "
          "sure "
          "that different nodes use different cluster configuration files.",
          path);
    }
    fd_ = std::move(*opened);
    if (is_at(fd_.get(), path)) return {};
  }
}

Expected<std::string> NodesFile::read() const {
  if (::lseek(fd_.get(), 0, SEEK_SET) < 0) return Status::from_errno("seek in " + path_);
  return read_all(fd_.get(), path_);
}

// [task 8.2] Replace what the file holds, so that a crash at any point leaves the old or the new.
Status NodesFile::write(std::string_view text, bool sync) {
  const std::string fresh = path_ + ".new";
  Expected<UniqueFd> file = open_file(fresh, O_RDWR | O_CREAT | O_TRUNC);
  if (!file) return file.status();
  if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) return Status::from_errno("lock " + fresh);
  if (Status written = write_all(file->get(), text, fresh); !written.ok()) return written;
  if (sync && ::fdatasync(file->get()) != 0) return Status::from_errno("fdatasync " + fresh);
  if (std::rename(fresh.c_str(), path_.c_str()) != 0) return Status::from_errno("rename " + fresh + " to " + path_);
  fd_ = std::move(*file);
  return sync ? fsync_directory(directory_of(path_)) : Status();
}

}  // namespace strata::cluster
