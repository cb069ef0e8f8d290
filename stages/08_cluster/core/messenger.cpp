#include "08_cluster/core/messenger.h"

#include <algorithm>

namespace strata::cluster {

namespace {

GossipEntry entry_of(const Node& node) {
  return {.id = node.id,
          .ping_sent_s = static_cast<uint32_t>(node.ping_sent_ms / 1000),
          .pong_received_s = static_cast<uint32_t>(node.pong_received_ms / 1000),
          .ip = node.ip,
          .port = node.port,
          .bus_port = node.bus_port,
          .plain_port = node.plain_port,
          .flags = node.flags};
}

}  // namespace

// [task 8.7] What every message says of its sender.
Packet Messenger::packet(PacketType type) const {
  const Node& myself = view_.myself();
  const Node& shard = myself.shard();
  Packet packet;
  Header& header = packet.header;
  header.type = type;
  header.current_epoch = view_.current_epoch;
  header.config_epoch = shard.config_epoch;
  header.offset = host_.offset();
  header.sender = myself.id;
  if (shard.slots != nullptr) header.slots = *shard.slots;
  if (myself.is_replica() && myself.master != nullptr) header.master = myself.master->id;
  header.ip = settings_.announce_ip;
  header.port = myself.port;
  header.plain_port = myself.plain_port;
  header.bus_port = myself.bus_port;
  header.flags = myself.flags;
  header.cluster_ok = view_.ok;
  if (myself.is_master() && paused) header.message_flags |= kPaused;
  return packet;
}

void Messenger::send(Link& link, const Packet& packet) {
  link.send(std::make_shared<const std::string>(encode(packet)));
  count(packet.header.type);
}

void Messenger::ping(Link& link, PacketType type) {
  Packet message = packet(type);
  message.gossip = gossip();
  message.hostname = settings_.announce_hostname;
  if (type != PacketType::kPong && link.outbound && link.node != nullptr) {
    link.node->ping_sent_ms = host_.now_ms();
  }
  send(link, message);
}

void Messenger::send_to(const Packet& packet, const std::function<bool(const Node&)>& chosen) {
  const auto bytes = std::make_shared<const std::string>(encode(packet));
  view_.each([&](Node& node) {
    if (node.link == nullptr || node.is(kMyself | kHandshake) || !chosen(node)) return;
    node.link->send(bytes);
    count(packet.header.type);
  });
}

void Messenger::broadcast(const Packet& packet) {
  send_to(packet, [](const Node&) { return true; });
}

void Messenger::to_shard(const Packet& packet) {
  const Node& shard = view_.myself().shard();
  send_to(packet, [&shard](const Node& node) { return &node.shard() == &shard; });
}

void Messenger::broadcast_pong() {
  view_.each([&](Node& node) {
    if (node.link != nullptr && !node.is(kMyself | kHandshake)) ping(*node.link, PacketType::kPong);
  });
}

void Messenger::pong_to_shard() {
  const Node& shard = view_.myself().shard();
  view_.each([&](Node& node) {
    if (node.link == nullptr || node.is(kMyself | kHandshake)) return;
    if (node.is_replica() && node.master == &shard) ping(*node.link, PacketType::kPong);
  });
}

// Some nodes at random, a tenth of all but three at least, so that each node hears of every other several times within a
// node timeout; and all that we cannot reach, for those who count such reports.
//
// [task 8.10] Choose what to tell of other nodes.
std::vector<GossipEntry> Messenger::gossip() const {
  std::vector<GossipEntry> entries;
  std::vector<Node*> chosen;
  int64_t fresh = static_cast<int64_t>(view_.size()) - 2;  // neither we nor the receiver
  const int64_t wanted = std::min(std::max<int64_t>(static_cast<int64_t>(view_.size()) / 10, 3), fresh);
  for (int64_t tries = wanted * 3; tries > 0 && fresh > 0 && static_cast<int64_t>(chosen.size()) < wanted; --tries) {
    Node& node = view_.at(host_.random_below(view_.size()));
    if (view_.is_myself(node) || node.suspected()) continue;
    if (node.is(kHandshake | kNoAddress) || (node.link == nullptr && node.slot_count == 0)) {
      --fresh;
      continue;
    }
    if (std::find(chosen.begin(), chosen.end(), &node) != chosen.end()) continue;
    chosen.push_back(&node);
    entries.push_back(entry_of(node));
  }
  view_.each([&](Node& node) {
    if (node.suspected() && !node.is(kHandshake | kNoAddress | kMyself)) entries.push_back(entry_of(node));
  });
  return entries;
}

}  // namespace strata::cluster
