// What a member does with the messages of the others.
#include "08_cluster/core/member.h"

#include <algorithm>
#include <utility>

#include "common/log.h"

namespace strata::cluster {

// A node stays what its link knows it as; who is not known yet is looked up by what the header says.
Node* Member::sender_of(Link& link, const Header& header) {
  if (link.node != nullptr && !link.node->is(kHandshake)) return link.node;
  Node* sender = view_.find(header.sender);
  if (sender == nullptr || link.node != nullptr || link.outbound || view_.is_myself(*sender)) return sender;
  close_link(sender->inbound);
  sender->inbound = &link;
  link.node = sender;
  return sender;
}

// [task 8.9] Handle a packet.
void Member::received(Link& link, std::string_view bytes) {
  Packet packet;
  std::string error;
  const Decoded decoded = decode(bytes, &packet, &error);
  const Header& header = packet.header;
  if (const auto type = static_cast<size_t>(header.type); type < kPacketTypes) ++messenger.received[type];
  if (decoded == Decoded::kIgnored || static_cast<int>(header.type) == settings_.ignored_packets) return;
  if (decoded == Decoded::kInvalid) {
    log_warning("{}", error);
    return;
  }

  Node* sender = sender_of(link, header);
  if (sender != nullptr) sender->data_received_ms = host_.now_ms();
  if (sender != nullptr && !sender->is(kHandshake)) {
    epochs.heard(header, *sender);
    sender->offset = header.offset;
    manual_failover.on_offset(*sender, header);
  }

  switch (header.type) {
    case PacketType::kPing:
    case PacketType::kMeet:
      on_ping(link, packet, sender);
      [[fallthrough]];
    case PacketType::kPong:
      if (!introduce(link, packet, sender)) return;
      if (sender != nullptr && !sender->is(kHandshake)) on_status(link, packet, *sender);
      return;
    case PacketType::kFail:
      on_fail(packet, sender);
      return;
    default:
      break;
  }
  if (sender == nullptr) return;
  switch (header.type) {
    case PacketType::kPublish:
    case PacketType::kPublishShard:
      host_.deliver(packet.channel, packet.message, header.type == PacketType::kPublishShard);
      break;
    case PacketType::kVoteRequest:
      election.on_request(*sender, header);
      break;
    case PacketType::kVote:
      election.on_vote(*sender, header);
      break;
    case PacketType::kPauseRequest:
      manual_failover.on_pause_request(*sender, link);
      break;
    case PacketType::kUpdate:
      claims.on_update(packet);
      break;
    default:
      break;
  }
}

void Member::on_ping(Link& link, const Packet& packet, Node* sender) {
  const bool meet = packet.header.type == PacketType::kMeet;
  Node& myself = view_.myself();
  if ((meet || myself.ip.empty()) && settings_.announce_ip.empty()) {
    if (const std::string ip = link.local_ip(); !ip.empty() && ip != myself.ip) {
      myself.ip = ip;
      log_warning("IP address for this node updated to {}", ip);
      view_.due.save = true;
    }
  }
  if (meet && sender == nullptr) {
    Node& node = view_.add(host_.random_id(), kHandshake, host_.now_ms());
    node.ip = packet.header.ip.empty() ? link.peer_ip() : packet.header.ip;
    node.port = packet.header.port;
    node.plain_port = packet.header.plain_port;
    node.bus_port = packet.header.bus_port;
    view_.due.save = true;
  }
  messenger.ping(link, PacketType::kPong);
}

// On a link of ours: is the other end who we think it is? False: the link was closed.
bool Member::introduce(Link& link, const Packet& packet, Node* sender) {
  Node* node = link.node;
  if (!link.outbound || node == nullptr) return true;
  const Header& header = packet.header;
  if (node->is(kHandshake)) {
    if (sender != nullptr) {
      log_verbose("Handshake: we already know node {}, updating the address if needed.", sender->id);
      follow_address(link, header, *sender);
      close_links(*node);
      view_.remove(*node);
      return false;
    }
    log_debug("Handshake with node {} completed.", header.sender);
    if (!valid_node_id(header.sender)) return true;
    view_.rename(*node, header.sender);
    node->unset(kHandshake);
    node->set(header.flags & (kMaster | kReplica));
    view_.due.save = true;
  } else if (node->id != header.sender) {
    log_debug("PONG contains mismatching sender ID: {} is not {}", header.sender, node->id);
    node->set(kNoAddress);
    node->ip.clear();
    node->port = node->bus_port = node->plain_port = 0;
    close_link(node->link);
    view_.due.save = true;
    return false;
  }
  if (header.type == PacketType::kPong) on_pong(*node);
  return true;
}

void Member::on_pong(Node& node) {
  node.pong_received_ms = host_.now_ms();
  node.ping_sent_ms = 0;
  failures.answered(node);
}

// What a PING, PONG or MEET of a known node says of it and of others.
void Member::on_status(Link& link, const Packet& packet, Node& sender) {
  const Header& header = packet.header;
  sender.flags = static_cast<uint16_t>((sender.flags & ~kNoFailover) | (header.flags & kNoFailover));
  if (header.type == PacketType::kPing) follow_address(link, header, sender);
  follow_role(header, sender);

  Node* claimer = sender.is_master() ? &sender : sender.master;
  if (claimer != nullptr) {
    static const SlotSet kNone;
    const SlotSet& known = claimer->slots != nullptr ? *claimer->slots : kNone;
    if (!(known == header.slots)) {
      if (sender.is_master()) claims.apply(sender, header.config_epoch, header.slots);
      claims.correct(sender, header.config_epoch, header.slots);
    }
  }
  epochs.resolve_collision(sender);
  read_gossip(packet, sender);
  if (sender.hostname != packet.hostname) {
    sender.hostname = packet.hostname;
    view_.due.save = true;
  }
}

void Member::follow_role(const Header& header, Node& sender) {
  if (header.master.empty()) {
    view_.make_master(sender);
    return;
  }
  Node* master = view_.find(header.master);
  if (sender.is_master()) {
    view_.unassign_all(sender);
    view_.make_replica(sender, nullptr);
  }
  if (master != nullptr && sender.master != master) {
    view_.attach(sender, *master);
    view_.due.save = true;
  }
}

// The node may have moved: it is asked at its new address from now on. False: nothing has changed.
bool Member::follow_address(Link& link, const Header& header, Node& sender) {
  if (&link == sender.link) return false;  // we have reached it at the address that we know
  const std::string ip = header.ip.empty() ? link.peer_ip() : header.ip;
  if (sender.ip == ip && sender.port == header.port && sender.bus_port == header.bus_port &&
      sender.plain_port == header.plain_port) {
    return false;
  }
  sender.ip = ip;
  sender.port = header.port;
  sender.bus_port = header.bus_port;
  sender.plain_port = header.plain_port;
  close_link(sender.link);
  sender.unset(kNoAddress);
  log_warning("Address updated for node {}, now {}:{}", sender.id, sender.ip, sender.port);
  if (view_.myself().master == &sender) host_.replicate(sender);
  view_.due.save = true;
  return true;
}

void Member::on_fail(const Packet& packet, Node* sender) {
  if (sender == nullptr) {
    log_notice("Ignoring FAIL message from unknown node {} about {}", packet.header.sender, packet.subject);
    return;
  }
  Node* node = view_.find(packet.subject);
  if (node == nullptr || node->is(kMyself | kFailed)) return;
  log_notice("FAIL message received from {} about {}", packet.header.sender, packet.subject);
  failures.told_failed(*node);
}

// [task 8.10] Learn from what a node tells of others.
void Member::read_gossip(const Packet& packet, Node& sender) {
  for (const GossipEntry& entry : packet.gossip) {
    if (Node* node = view_.find(entry.id); node != nullptr) {
      read_gossip_entry(entry, *node, sender);
    } else if ((entry.flags & kNoAddress) == 0 && !entry.ip.empty() && valid_node_id(entry.id) &&
               !view_.forgotten(entry.id, host_.now_ms())) {
      constexpr uint16_t kTold = kMaster | kReplica | kSuspected | kFailed | kMigrationTarget | kNoFailover;
      Node& added = view_.add(std::string(entry.id), entry.flags & kTold, host_.now_ms());
      added.ip = entry.ip;
      added.port = entry.port;
      added.bus_port = entry.bus_port;
      added.plain_port = entry.plain_port;
      view_.due.save = true;
    }
  }
}

void Member::read_gossip_entry(const GossipEntry& entry, Node& node, Node& sender) {
  const bool down = (entry.flags & (kSuspected | kFailed)) != 0;
  if (sender.is_master() && !view_.is_myself(node)) {
    if (down) {
      failures.report(node, sender);
    } else {
      failures.withdraw(node, sender);
    }
  }
  // Others hear of the node, too: its answer to them counts as one to us.
  if (!down && node.ping_sent_ms == 0 && failures.reports(node) == 0) {
    const int64_t heard = static_cast<int64_t>(entry.pong_received_s) * 1000;
    if (heard <= host_.now_ms() + 500) node.pong_received_ms = std::max(node.pong_received_ms, heard);
  }
  const bool moved = node.ip != entry.ip || node.port != entry.port || node.bus_port != entry.bus_port;
  if (!node.reachable() && !down && (entry.flags & kNoAddress) == 0 && moved && !view_.is_myself(node)) {
    close_link(node.link);
    node.ip = entry.ip;
    node.port = entry.port;
    node.bus_port = entry.bus_port;
    node.plain_port = entry.plain_port;
    node.unset(kNoAddress);
  }
}

}  // namespace strata::cluster
