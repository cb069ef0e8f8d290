#include "04_aof/files/log_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "common/log.h"

namespace strata::aof {

namespace {

constexpr mode_t kDirectoryMode = 0755;

Status write_synced(const std::string& path, std::string_view text) {
  Expected<UniqueFd> fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (!fd) return fd.status();
  if (Status written = write_all(fd->get(), text, path); !written.ok()) return written;
  if (::fdatasync(fd->get()) != 0) return Status::from_errno("fdatasync " + path);
  return {};
}

}  // namespace

bool LogDirectory::exists() const {
  struct stat about {};
  return ::stat(directory_.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

Status LogDirectory::make() {
  if (::mkdir(directory_.c_str(), kDirectoryMode) == 0 || errno == EEXIST) return {};
  return Status::from_errno("Can't open or create append-only dir " + directory_);
}

Status LogDirectory::read() {
  manifest_ = {};
  const std::string name = path(manifest_name());
  if (::access(name.c_str(), F_OK) != 0) {
    if (errno == ENOENT) return {};
    return Status::from_errno("Fatal error: can't open the AOF manifest file " + manifest_name() + " for reading");
  }
  Expected<std::string> text = read_file(name);
  if (!text) return text.status();
  Expected<Manifest> parsed = Manifest::parse(*text);
  if (!parsed) return parsed.status();
  manifest_ = *std::move(parsed);
  return {};
}

// [task 4.1] Replace the manifest so that a crash leaves the old one or the new one.
Status LogDirectory::persist(Manifest manifest) {
  if (Status made = make(); !made.ok()) return made;
  const std::string temporary = path("temp-" + manifest_name());
  const std::string name = path(manifest_name());
  if (Status written = write_synced(temporary, manifest.text()); !written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  if (std::rename(temporary.c_str(), name.c_str()) != 0) {
    Status failed = Status::from_errno("Error trying to rename the temporary AOF manifest file " + temporary);
    ::unlink(temporary.c_str());
    return failed;
  }
  manifest_ = std::move(manifest);  // what is on the disk now, even if it may not survive a power cut yet
  return fsync_directory(directory_);
}

void LogDirectory::remove_history(const std::function<void(UniqueFd)>& close_later) {
  if (manifest_.history.empty()) return;
  Manifest left = manifest_;
  left.history.clear();
  for (const LogFileName& name : manifest_.history) {
    log_notice("Removing the history file {} in the background", name.file);
    Expected<UniqueFd> last = open_file(path(name.file), O_RDONLY | O_NONBLOCK);
    if (::unlink(path(name.file).c_str()) != 0 && errno != ENOENT) left.history.push_back(name);
    if (last) close_later(*std::move(last));
  }
  if (Status persisted = persist(std::move(left)); !persisted.ok()) log_warning("{}", persisted.message());
}

uint64_t LogDirectory::bytes(const LogFileName& name) const {
  struct stat about {};
  return ::stat(path(name.file).c_str(), &about) == 0 ? static_cast<uint64_t>(about.st_size) : 0;
}

}  // namespace strata::aof
