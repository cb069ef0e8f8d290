#include "06_replication/replica/image_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/clock.h"

namespace strata::repl {

Status ImageFile::begin(const ImageHead& head) {
  drop();
  head_ = head;
  written_ = 0;
  tail_.clear();
  std::string name = fmt::format("temp-{}.{}.rdb", wall_ms() / 1000, ::getpid());
  Expected<UniqueFd> file = open_file(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (!file) {
    return Status::error("Opening the temp file needed for MASTER <-> REPLICA synchronization: {}", file.message());
  }
  file_ = *std::move(file);
  name_ = std::move(name);
  sink_.emplace(file_.get(), name_, true);
  return {};
}

Status ImageFile::take(std::string_view* bytes) {
  std::string_view piece = *bytes;
  if (head_.marked()) {
    // The master sends nothing behind the mark before it has heard of us.
    tail_.append(piece.substr(piece.size() - std::min(piece.size(), ImageHead::kMarkBytes)));
    if (tail_.size() > ImageHead::kMarkBytes) tail_.erase(0, tail_.size() - ImageHead::kMarkBytes);
  } else {
    piece = piece.substr(0, head_.bytes - written_);
  }
  if (Status written = sink_->write(piece); !written.ok()) {
    return Status::error(
        "Write error or short write writing to the DB dump file needed for MASTER <-> REPLICA synchronization: {}",
        written.message());
  }
  written_ += piece.size();
  bytes->remove_prefix(piece.size());
  return {};
}

bool ImageFile::whole() const { return head_.marked() ? tail_ == head_.mark : written_ == head_.bytes; }

Expected<std::string> ImageFile::finish() {
  const auto length = static_cast<off_t>(written_ - head_.mark.size());
  if (head_.marked() && ::ftruncate(file_.get(), length) != 0) {
    return Status::from_errno("Error truncating the RDB file received from the master for SYNC");
  }
  if (Status synced = sink_->sync(); !synced.ok()) {
    return Status::error("Failed trying to sync the temp DB to disk in MASTER <-> REPLICA synchronization: {}",
                         synced.message());
  }
  sink_.reset();
  file_.reset();
  return std::exchange(name_, {});
}

void ImageFile::drop() {
  if (!name_.empty()) ::unlink(name_.c_str());
  name_.clear();
  sink_.reset();
  file_.reset();
}

}  // namespace strata::repl
