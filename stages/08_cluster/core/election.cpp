#include "08_cluster/core/election.h"

#include <algorithm>

#include "common/log.h"

namespace strata::cluster {

namespace {

constexpr int64_t kFixedDelayMs = 500;    // lets the FAIL message reach the masters
constexpr uint64_t kRandomDelayMs = 500;  // lets one of two equal replicas be first
constexpr int64_t kDelayOfRankMs = 1000;

}  // namespace

// --- the replica's side ---

// [task 8.14] How old may the data be that becomes the master's?
bool Election::young_enough(bool manual) {
  int64_t age = host_.master_silence_ms();
  if (age > settings_.node_timeout_ms) age -= settings_.node_timeout_ms;
  const int64_t limit =
      settings_.ping_replica_period_s * 1000 + settings_.node_timeout_ms * settings_.replica_validity_factor;
  if (manual || settings_.replica_validity_factor == 0 || age <= limit) {
    told_too_old_ = false;
    return true;
  }
  if (!told_too_old_) {
    log_notice(
        "Currently unable to failover: Disconnected from master for longer than allowed. Please check the "
        "'cluster-replica-validity-factor' configuration option.");
    told_too_old_ = true;
  }
  return false;
}

int Election::rank() const {
  const Node& myself = view_.myself();
  const uint64_t mine = host_.offset();
  return static_cast<int>(std::count_if(
      myself.master->replicas.begin(), myself.master->replicas.end(),
      [&](const Node* other) { return other != &myself && !other->is(kNoFailover) && other->offset > mine; }));
}

void Election::schedule(bool manual) {
  const int64_t now = host_.now_ms();
  votes_ = 0;
  asked_ = false;
  rank_ = manual ? 0 : rank();
  begins_ms_ = now;
  if (!manual) {
    begins_ms_ += kFixedDelayMs + static_cast<int64_t>(host_.random_below(kRandomDelayMs)) + rank_ * kDelayOfRankMs;
  }
  host_.look_at_election_in(begins_ms_ - now);
  log_notice("Start of election delayed for {} milliseconds (rank #{}, offset {}).", begins_ms_ - now, rank_,
             host_.offset());
  messenger_.pong_to_shard();  // the others learn our offset, and so their own rank
}

// [task 8.14] Go on with the election, as far as it can go now.
void Election::step(bool manual) {
  const Node& myself = view_.myself();
  view_.due.failover = false;
  if (!myself.is_replica() || myself.master == nullptr) return;
  if (!manual && (!myself.master->failed() || settings_.replica_no_failover)) return;
  if (myself.master->slot_count == 0 || !young_enough(manual)) return;

  const int64_t now = host_.now_ms();
  const int64_t timeout = std::max<int64_t>(2 * settings_.node_timeout_ms, 2000);
  if (now - begins_ms_ > 2 * timeout) {
    schedule(manual);
    if (!manual) return;
  }
  if (!asked_ && !manual) {
    // Somebody with more of the data has shown up: let it go first.
    if (const int fresh = rank(); fresh > rank_) {
      begins_ms_ += (fresh - rank_) * kDelayOfRankMs;
      rank_ = fresh;
      host_.look_at_election_in(begins_ms_ - now);
      log_notice("Replica rank updated to #{}, added delay to the election.", rank_);
    }
  }
  if (now < begins_ms_ || now - begins_ms_ > timeout) return;
  if (!asked_) {
    ask(manual);
    return;
  }
  if (votes_ < view_.quorum()) return;
  log_notice("Failover election won: I'm the new master.");
  view_.myself().config_epoch = std::max(view_.myself().config_epoch, epoch_);
  log_notice("configEpoch set to {} after successful failover", view_.myself().config_epoch);
  take_over();
}

void Election::ask(bool manual) {
  epoch_ = ++view_.current_epoch;
  asked_ = true;
  log_notice("Starting a failover election for epoch {}.", epoch_);
  Packet request = messenger_.packet(PacketType::kVoteRequest);
  if (manual) request.header.message_flags |= kForceVote;
  messenger_.broadcast(request);
  view_.due.save = view_.due.sync = true;
}

void Election::on_vote(const Node& sender, const Header& vote) {
  if (!sender.is_master() || sender.slot_count == 0 || vote.current_epoch < epoch_) return;
  ++votes_;
  view_.due.failover = true;
}

void Election::forget() {
  begins_ms_ = 0;
  asked_ = false;
  votes_ = 0;
}

void Election::take_over() {
  Node& myself = view_.myself();
  Node* old = myself.master;
  if (old == nullptr) return;
  view_.make_master(myself);
  host_.stop_replicating();
  if (old->slots != nullptr) {
    const SlotSet slots = *old->slots;
    slots.each([&](int slot) { view_.assign(slot, myself); });
  }
  view_.due.save = view_.due.sync = view_.due.evaluate = true;
  messenger_.broadcast_pong();
  if (on_win) on_win();
}

// --- the master's side ---

// [task 8.13] May this replica have our vote?
bool Election::may_vote(Node& sender, const Header& request) {
  const auto deny = [&sender](std::string_view why) {
    log_warning("Failover auth denied to {}: {}", sender.id, why);
    return false;
  };
  if (request.current_epoch < view_.current_epoch) {
    return deny(fmt::format("reqEpoch ({}) < curEpoch({})", request.current_epoch, view_.current_epoch));
  }
  if (view_.last_vote_epoch == view_.current_epoch) {
    return deny(fmt::format("already voted for epoch {}", view_.current_epoch));
  }
  if (sender.is_master()) return deny("it is a master node");
  if (sender.master == nullptr) return deny("I don't know its master");
  if (!sender.master->failed() && (request.message_flags & kForceVote) == 0) return deny("its master is up");
  const int64_t pause = 2 * settings_.node_timeout_ms;
  if (const int64_t since = host_.now_ms() - sender.master->voted_ms; since < pause) {
    return deny(fmt::format("can't vote about this master before {} milliseconds", pause - since));
  }
  for (int slot = 0; slot < kSlots; ++slot) {
    const Node* owner = view_.owner(slot);
    if (!request.slots.has(slot) || owner == nullptr || view_.unclaimed.has(slot)) continue;
    if (owner->config_epoch > request.config_epoch) {
      return deny(fmt::format("slot {} epoch ({}) > reqEpoch ({})", slot, owner->config_epoch, request.config_epoch));
    }
  }
  return true;
}

void Election::on_request(Node& sender, const Header& request) {
  if (!view_.myself().is_master() || view_.myself().slot_count == 0) return;
  if (!may_vote(sender, request)) return;
  view_.last_vote_epoch = view_.current_epoch;
  sender.master->voted_ms = host_.now_ms();
  view_.due.save = view_.due.sync = true;  // before the vote leaves: one that is forgotten could be given twice
  if (sender.link != nullptr) messenger_.send(*sender.link, messenger_.packet(PacketType::kVote));
  log_notice("Failover auth granted to {} for epoch {}", sender.id, view_.current_epoch);
}

}  // namespace strata::cluster
