// Writes packets: the header that every message carries, and to whom a message goes.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "08_cluster/core/surroundings.h"
#include "08_cluster/view/view.h"

namespace strata::cluster {

class Messenger {
 public:
  Messenger(View& view, const Settings& settings, Host& host) : view_(view), settings_(settings), host_(host) {}

  // A packet of this type with our header and nothing else.
  Packet packet(PacketType type) const;

  // PING, PONG or MEET, with gossip. A PING over our own link begins to await its answer.
  void ping(Link& link, PacketType type);
  // To all whom we have a link to.
  void broadcast(const Packet& packet);
  void broadcast_pong();
  void pong_to_shard();
  void to_shard(const Packet& packet);  // to those who serve the same slots
  void send(Link& link, const Packet& packet);

  bool paused = false;  // a manual failover is under way here

  using Counts = std::array<uint64_t, kPacketTypes>;
  Counts sent{};
  Counts received{};

 private:
  std::vector<GossipEntry> gossip() const;
  void send_to(const Packet& packet, const std::function<bool(const Node&)>& chosen);
  void count(PacketType type) { ++sent[static_cast<size_t>(type)]; }

  View& view_;
  const Settings& settings_;
  Host& host_;
};

}  // namespace strata::cluster
