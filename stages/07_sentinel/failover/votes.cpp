#include "07_sentinel/failover/votes.h"

#include <fmt/format.h>

#include "07_sentinel/failover/election.h"
#include "07_sentinel/failover/failover.h"

namespace strata::sentinel {

namespace {

constexpr int64_t kAnswersLast = 5;  // ask-periods

// [task 7.8] Take the opinion of another sentinel, and its vote.
void on_answer(Sentinel&, Instance& instance, const Value& reply) {
  auto& peer = static_cast<Peer&>(instance);
  if (!reply.is(Value::Kind::kArray) || reply.items.size() != 3 || !reply.items[0].is(Value::Kind::kInteger) ||
      !reply.items[1].is(Value::Kind::kString) || !reply.items[2].is(Value::Kind::kInteger)) {
    return;
  }
  peer.last_answer_ms = now_ms();
  peer.says_down = reply.items[0].integer == 1;
  const std::string& leader = reply.items[1].text;
  if (leader == "*") return;
  const auto epoch = static_cast<uint64_t>(reply.items[2].integer);
  if (peer.leader_epoch != epoch) log_warning("{} voted for {} {}", peer.name, leader, epoch);
  peer.leader = leader;
  peer.leader_epoch = epoch;
}

}  // namespace

// [task 7.8] Forget what is old, and ask who is due.
void ask_others(Sentinel& sentinel, Master& master, Asking asking) {
  const int64_t now = now_ms();
  for (const auto& [id, peer] : master.sentinels) {
    const int64_t age = now - peer->last_answer_ms;
    if (age > kAnswersLast * sentinel.timing.ask_period) {
      peer->says_down = false;
      peer->leader.clear();
    }
    if (!master.s_down || peer->link->disconnected) continue;
    if (asking == Asking::kWhenDue && age < sentinel.timing.ask_period) continue;
    const std::string_view me = master.failover.in_progress() ? std::string_view(sentinel.id) : "*";
    send_command(*peer,
                 {"SENTINEL", "is-master-down-by-addr", sentinel.settings.shown(master.address),
                  std::to_string(master.address.port), std::to_string(sentinel.current_epoch), me},
                 on_answer);
  }
}

// [task 7.9] Vote, once an epoch.
void vote(Sentinel& sentinel, Master& master, uint64_t epoch, std::string_view candidate) {
  sentinel.raise_epoch(epoch, master);
  if (master.leader_epoch >= epoch || sentinel.current_epoch > epoch) return;
  master.leader = candidate;
  master.leader_epoch = sentinel.current_epoch;
  (void)sentinel.save();
  sentinel.events.note(LogLevel::kWarning, "+vote-for-leader", &master,
                       fmt::format("{} {}", master.leader, master.leader_epoch));
  // Whoever got the vote shall have the time to do it: this sentinel tries later.
  if (candidate != sentinel.id) master.failover.started_ms = failover_moment(sentinel);
}

// [task 7.10] Count the votes of an epoch, the own one included.
std::string elect(Sentinel& sentinel, Master& master, uint64_t epoch) {
  Ballot ballot;
  for (const auto& [id, peer] : master.sentinels) {
    if (!peer->leader.empty() && peer->leader_epoch == sentinel.current_epoch) ballot.add(peer->leader);
  }
  // The own vote goes to who is ahead, so that an election is decided rather than tied.
  const std::string ahead = ballot.front_runner();
  vote(sentinel, master, epoch, ahead.empty() ? sentinel.id : ahead);
  if (master.leader_epoch == epoch && !master.leader.empty()) ballot.add(master.leader);
  return ballot.winner(master.sentinels.size() + 1, static_cast<size_t>(master.quorum));
}

}  // namespace strata::sentinel
