#include "08_cluster/core/manual_failover.h"

#include "common/log.h"

namespace strata::cluster {

namespace {

constexpr int64_t kLimitMs = 5000;
constexpr int64_t kPauseMs = 2 * kLimitMs;

}  // namespace

// [task 8.14] Begin to change places with the master.
void ManualFailover::start(Mode mode, Epochs& epochs) {
  reset();
  election_.forget();
  if (mode == Mode::kTakeover) {
    log_notice("Taking over the master (user request).");
    epochs.bump();
    election_.take_over();
    return;
  }
  ends_ms_ = host_.now_ms() + kLimitMs;
  if (mode == Mode::kForce) {
    log_notice("Forced failover user request accepted.");
    ready_ = true;
    view_.due.failover = true;
    return;
  }
  log_notice("Manual failover user request accepted.");
  const Node* master = view_.myself().master;
  if (master != nullptr && master->link != nullptr) {
    messenger_.send(*master->link, messenger_.packet(PacketType::kPauseRequest));
  }
}

void ManualFailover::on_pause_request(Node& sender, Link& link) {
  if (!sender.is_replica() || sender.master != &view_.myself()) return;
  reset();
  ends_ms_ = host_.now_ms() + kLimitMs;
  requester_ = &sender;
  messenger_.paused = true;
  host_.pause_writes(kPauseMs);
  log_notice("Manual failover requested by replica {}.", sender.id);
  messenger_.ping(link, PacketType::kPing);  // says where we stopped
}

void ManualFailover::on_offset(const Node& sender, const Header& header) {
  if (ends_ms_ == 0 || offset_known_ || view_.myself().master != &sender) return;
  if ((header.message_flags & kPaused) == 0) return;
  offset_known_ = true;
  master_offset_ = header.offset;
  log_notice("Received replication offset for paused master manual failover: {}", master_offset_);
  compare_offsets();
}

void ManualFailover::compare_offsets() {
  if (!offset_known_ || ready_ || host_.offset() != master_offset_) return;
  ready_ = true;
  view_.due.failover = true;
  log_notice("All master replication stream processed, manual failover can start.");
}

void ManualFailover::step() {
  if (ends_ms_ == 0) return;
  if (host_.now_ms() > ends_ms_) {
    log_warning("Manual failover timed out.");
    reset();
    return;
  }
  compare_offsets();
  if (requester_ != nullptr && requester_->link != nullptr) messenger_.ping(*requester_->link, PacketType::kPing);
}

void ManualFailover::reset() {
  if (requester_ != nullptr) host_.resume_writes();
  messenger_.paused = false;
  requester_ = nullptr;
  ends_ms_ = 0;
  ready_ = offset_known_ = false;
}

void ManualFailover::node_left(const Node& node) {
  if (requester_ == &node) reset();
}

}  // namespace strata::cluster
