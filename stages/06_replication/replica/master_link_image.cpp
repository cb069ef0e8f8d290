// The image on the link: where it goes, and what becomes of the link when it is there, or will never be.
#include <fmt/format.h>

#include "06_replication/replica/link_source.h"
#include "06_replication/replica/master_link.h"
#include "common/log.h"

namespace strata::repl {

// The line in front of it; what follows the line is in `rest`.
bool MasterLink::begin_image(std::string_view line, std::string_view* rest) {
  if (line[0] == '-') {
    drop(fmt::format("MASTER aborted replication with an error: {}", line.substr(1)));
    return false;
  }
  const std::optional<ImageHead> head = ImageHead::parse(line);
  if (!head) {
    drop(
        fmt::format("Bad protocol from MASTER, the first byte is not '$' (we received '{}'), are you sure the host and "
                    "port are right?",
                    line));
    return false;
  }
  head_ = *head;
  image_bytes_ = static_cast<int64_t>(head_.bytes);
  const bool from_link = loader_.from_link();
  const std::string_view target = from_link ? "to parser" : "to disk";
  if (head_.marked()) {
    log_notice("MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF {}", target);
  } else {
    log_notice("MASTER <-> REPLICA sync: receiving {} bytes from master {}", head_.bytes, target);
  }
  enter(State::kReceiving);
  if (from_link) return load_from_link(rest);
  if (Status begun = file_.begin(head_); !begun.ok()) {
    drop(begun.message());
    return false;
  }
  return true;
}

// Takes what belongs to the image; false when the link was dropped.
bool MasterLink::take_image(std::string_view* bytes) {
  if (Status taken = file_.take(bytes); !taken.ok()) {
    drop(taken.message());
    return false;
  }
  return !file_.whole() || load_file();
}

bool MasterLink::load_file() {
  const Expected<std::string> file = file_.finish();
  if (!file) {
    drop(file.message());
    return false;
  }
  loading_ = true;
  server_.loop.unwatch(socket_.get());
  const Status loaded = loader_.load_file(*file, moment_, reader_);
  loading_ = false;
  if (!loaded.ok()) {
    drop(loaded.message());
    return false;
  }
  image_loaded();
  return true;
}

// Clients are served meanwhile, but nobody else may read from the socket.
bool MasterLink::load_from_link(std::string_view* rest) {
  const auto bytes = head_.marked() ? std::nullopt : std::optional(head_.bytes);
  LinkSource source(socket_.get(), *rest, bytes, options_.timeout_s * 1000);
  loading_ = true;
  server_.loop.unwatch(socket_.get());
  const Status loaded = loader_.load_from(source, head_, moment_, reader_);
  loading_ = false;
  if (!loaded.ok()) {
    drop(loaded.message());
    retry();
    return false;
  }
  *rest = source.unused();
  image_loaded();
  return true;
}

void MasterLink::image_loaded() {
  last_io_ms_ = server_.loop.now_ms();
  watch();
  log_notice("MASTER <-> REPLICA sync: Finished with success");
  begin_stream();
  if (head_.marked()) acknowledge();
}

}  // namespace strata::repl
