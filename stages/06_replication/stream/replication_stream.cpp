#include "06_replication/stream/replication_stream.h"

#include "common/log.h"
#include "common/random.h"
#include "common/text.h"

namespace strata::repl {

namespace {

constexpr size_t kIdDigits = 40;

}  // namespace

const std::string& ReplicationStream::no_id() {
  static const std::string kNone(kIdDigits, '0');
  return kNone;
}

ReplicationStream::ReplicationStream(resp::Server& server)
    : WriteSink(db::WriteEffects::kReplicas), server_(server), id_(random_hex(kIdDigits)), second_id_(no_id()) {}

void ReplicationStream::feed(std::string_view bytes) {
  if (!backlog_.active()) return;
  backlog_.append(bytes);
  offset_ += bytes.size();
}

void ReplicationStream::produce(bool wanted) {
  if (wanted == producing_) return;
  producing_ = wanted;
  auto& writes = server_.get<db::WriteStream>();
  if (wanted) {
    forget_database();
    writes.add_sink(*this);
  } else {
    writes.remove_sink(*this);
  }
  if (on_produce) on_produce(wanted);
}

void ReplicationStream::forget_history() {
  id_ = random_hex(kIdDigits);
  second_id_ = no_id();
  second_offset_ = -1;
}

void ReplicationStream::begin_backlog() {
  forget_history();
  backlog_.start(offset_ + 1);
  produce(true);
  log_notice("Replication backlog created, my new replication IDs are '{}' and '{}'", id_, second_id_);
}

void ReplicationStream::end_backlog() {
  produce(false);
  backlog_.stop();
  forget_history();
}

// [task 6.9] Shift the ids: the old history ends here.
void ReplicationStream::promote() {
  second_id_ = id_;
  second_offset_ = static_cast<int64_t>(offset_) + 1;
  id_ = random_hex(kIdDigits);
  if (!backlog_.active()) backlog_.start(offset_ + 1);
  produce(true);
  log_warning("Setting secondary replication ID to {}, valid up to offset: {}. New replication ID is {}", second_id_,
              second_offset_, id_);
}

void ReplicationStream::adopt(std::string id, uint64_t offset) {
  produce(false);
  id_ = std::move(id);
  second_id_ = no_id();
  second_offset_ = -1;
  offset_ = offset;
  backlog_.start(offset + 1);
}

void ReplicationStream::rename(const std::string& id) {
  second_id_ = id_;
  second_offset_ = static_cast<int64_t>(offset_) + 1;
  id_ = id;
}

void ReplicationStream::resume_as_second(const std::string& id, uint64_t offset) {
  second_id_ = id;
  second_offset_ = static_cast<int64_t>(offset) + 1;
  offset_ = offset;
  backlog_.start(offset + 1);
  produce(true);
}

bool ReplicationStream::knows(std::string_view id) const {
  return equals_nocase(id, id_) || equals_nocase(id, second_id_);
}

// [task 6.8] Decide between the rest of the stream and everything.
bool ReplicationStream::can_continue(std::string_view id, int64_t offset) const {
  const bool common = equals_nocase(id, id_) || offset <= second_offset_;
  return common && offset >= 1 && backlog_.holds(static_cast<uint64_t>(offset));
}

}  // namespace strata::repl
