#include "08_cluster/core/member.h"

#include <algorithm>
#include <utility>

#include "common/log.h"

namespace strata::cluster {

Member::Member(View& view, const Settings& settings, Bus& bus, Host& host)
    : messenger(view, settings, host),
      failures(view, settings, host, messenger),
      epochs(view),
      claims(view, settings, host, messenger),
      election(view, settings, host, messenger),
      manual_failover(view, settings, host, messenger, election),
      migration(view, settings, host, claims),
      health(view, settings, host),
      view_(view),
      settings_(settings),
      bus_(bus),
      host_(host) {
  claims.on_role_change = [this] { manual_failover.reset(); };
  election.on_win = [this] { manual_failover.reset(); };
}

void Member::settle() {
  Due& due = view_.due;
  if (due.failover) election.step(manual_failover.ready());
  if (due.evaluate) health.evaluate();
  if (!due.save) return;
  const bool sync = due.sync;
  due.save = due.sync = false;
  host_.save(sync);
}

// --- links ---

void Member::opened(Link& link) {
  Node& node = *link.node;
  // A question that was asked over an earlier link stays open: the node must not gain time by breaking links.
  const int64_t asked_before = node.ping_sent_ms;
  messenger.ping(link, node.is(kMeetFirst) ? PacketType::kMeet : PacketType::kPing);
  if (asked_before != 0) node.ping_sent_ms = asked_before;
  node.unset(kMeetFirst);
}

void Member::lost(Link& link) {
  if (link.node == nullptr) return;
  if (link.node->link == &link) link.node->link = nullptr;
  if (link.node->inbound == &link) link.node->inbound = nullptr;
}

void Member::close_links(Node& node) {
  close_link(node.link);
  close_link(node.inbound);
}

void Member::close_link(Link*& link) {
  if (link == nullptr) return;
  link->node = nullptr;
  bus_.close(*std::exchange(link, nullptr));
}

// --- membership ---

void Member::meet(const std::string& ip, int port, int bus_port) {
  bool under_way = false;
  view_.each([&](const Node& node) {
    under_way = under_way || (node.is(kHandshake) && node.ip == ip && node.bus_port == bus_port && node.port == port);
  });
  if (under_way) return;
  Node& node = view_.add(host_.random_id(), kHandshake | kMeetFirst, host_.now_ms());
  node.ip = ip;
  node.port = port;
  node.bus_port = bus_port;
}

void Member::forget(Node& node, int64_t ban_ms) {
  if (ban_ms > 0) view_.forget_until(node.id, host_.now_ms() + ban_ms);
  manual_failover.node_left(node);
  close_links(node);
  view_.remove(node);
  view_.due.save = view_.due.evaluate = true;
}

// [task 8.4] Become a node that knows nobody.
void Member::reset(bool new_identity) {
  Node& myself = view_.myself();
  if (myself.is_replica()) {
    view_.make_master(myself);
    host_.stop_replicating();
  }
  view_.close_slots();
  for (int slot = 0; slot < kSlots; ++slot) view_.unassign(slot);
  manual_failover.reset();
  election.forget();
  for (Node* node : view_.nodes()) {
    if (!view_.is_myself(*node)) forget(*node, 0);
  }
  if (new_identity) {
    view_.current_epoch = view_.last_vote_epoch = myself.config_epoch = 0;
    view_.rename(myself, host_.random_id());
    log_notice("Node hard reset, now I'm {}", myself.id);
  }
  view_.due = {.save = true, .sync = true, .evaluate = true};
}

// --- time ---

void Member::cron() {
  ++turns_;
  tend_links();
  if (turns_ % 10 == 0) ping_one_of_some();
  for (Node* node : view_.nodes()) {
    if (!node->is(kMyself | kNoAddress | kHandshake)) watch(*node);
  }
  Node& myself = view_.myself();
  if (myself.is_replica() && myself.master != nullptr && !myself.master->ip.empty() && !host_.replicates()) {
    host_.replicate(*myself.master);
  }
  manual_failover.step();
  if (myself.is_replica()) {
    election.step(manual_failover.ready());
    migration.step();
  }
  if (!view_.ok) view_.due.evaluate = true;
  settle();
}

void Member::tend_links() {
  const int64_t now = host_.now_ms();
  const int64_t handshake_timeout = std::max<int64_t>(settings_.node_timeout_ms, 1000);
  for (Node* node : view_.nodes()) {
    if (node->is(kMyself | kNoAddress)) continue;
    if (node->is(kHandshake) && now - node->created_ms > handshake_timeout) {
      close_links(*node);
      view_.remove(*node);
      continue;
    }
    if (node->link != nullptr) continue;
    Link* link = bus_.open(*node);
    if (link == nullptr) {
      if (node->ping_sent_ms == 0) node->ping_sent_ms = now;  // its time runs all the same
      continue;
    }
    link->node = node;
    link->outbound = true;
    link->created_ms = now;
    node->link = link;
  }
}

// Once a second one node more than the timeouts ask for: of five at random the one that was heard of least recently.
void Member::ping_one_of_some() {
  Node* oldest = nullptr;
  for (int i = 0; i < 5; ++i) {
    Node& node = view_.at(host_.random_below(view_.size()));
    if (node.link == nullptr || node.ping_sent_ms != 0 || node.is(kMyself | kHandshake)) continue;
    if (oldest == nullptr || node.pong_received_ms < oldest->pong_received_ms) oldest = &node;
  }
  if (oldest != nullptr) messenger.ping(*oldest->link, PacketType::kPing);
}

// [task 8.11] Ask a node that was silent, and suspect one that does not answer.
void Member::watch(Node& node) {
  const int64_t now = host_.now_ms();
  const int64_t timeout = settings_.node_timeout_ms;
  const int64_t unanswered = node.ping_sent_ms == 0 ? 0 : now - node.ping_sent_ms;
  const int64_t silent = now - node.data_received_ms;
  if (node.link != nullptr && now - node.link->created_ms > timeout && unanswered > timeout / 2 &&
      silent > timeout / 2) {
    close_link(node.link);  // perhaps the connection is broken, not the node: another one
  }
  if (node.link != nullptr && node.ping_sent_ms == 0 && now - node.pong_received_ms > timeout / 2) {
    messenger.ping(*node.link, PacketType::kPing);
    return;
  }
  if (node.ping_sent_ms != 0 && std::min(unanswered, silent) > timeout) failures.suspect(node);
}

}  // namespace strata::cluster
