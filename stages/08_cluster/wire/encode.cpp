// Packets to bytes. Where each field stands is told by the order of writing; the offsets that are worth knowing are
// asserted.
#include "08_cluster/wire/packet.h"
#include "common/assert.h"

namespace strata::cluster {

namespace {

constexpr size_t kAddressBytes = 46;

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void number(uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(value >> shift));
  }
  void text(std::string_view text, size_t bytes) {  // zero filled
    const std::string_view kept = text.substr(0, bytes);
    out_.append(kept);
    out_.append(bytes - kept.size(), '\0');
  }
  void zeros(size_t bytes) { out_.append(bytes, '\0'); }
  void raw(std::string_view bytes) { out_.append(bytes); }

 private:
  std::string& out_;
};

void write_header(Writer& out, const Packet& packet) {
  const Header& header = packet.header;
  out.raw("RCmb");
  out.number(0, 4);  // the length, known in the end
  out.number(1, 2);  // version
  out.number(static_cast<uint64_t>(header.port), 2);
  out.number(static_cast<uint64_t>(header.type), 2);
  out.number(packet.gossip.size(), 2);
  out.number(header.current_epoch, 8);
  out.number(header.config_epoch, 8);
  out.number(header.offset, 8);
  out.text(header.sender, kIdBytes);
  out.raw(header.slots.bytes());
  out.text(header.master, kIdBytes);
  out.text(header.ip.substr(0, kAddressBytes - 1), kAddressBytes);
  out.number(packet.hostname.empty() ? 0 : 1, 2);  // extensions
  out.zeros(30);
  out.number(static_cast<uint64_t>(header.plain_port), 2);
  out.number(static_cast<uint64_t>(header.bus_port), 2);
  out.number(header.flags, 2);
  out.number(header.cluster_ok ? 0 : 1, 1);
  out.number(header.message_flags | (packet.hostname.empty() ? 0u : unsigned{kExtensions}), 1);
  out.zeros(2);
}

void write_gossip(Writer& out, const GossipEntry& entry) {
  out.text(entry.id, kIdBytes);
  out.number(entry.ping_sent_s, 4);
  out.number(entry.pong_received_s, 4);
  out.text(entry.ip.substr(0, kAddressBytes - 1), kAddressBytes);
  out.number(static_cast<uint64_t>(entry.port), 2);
  out.number(static_cast<uint64_t>(entry.bus_port), 2);
  out.number(entry.flags, 2);
  out.number(static_cast<uint64_t>(entry.plain_port), 2);
  out.zeros(2);
}

// The one extension that there is: the name behind an address, ended by a zero and filled up to a multiple of 8.
void write_hostname(Writer& out, const std::string& hostname) {
  const size_t padded = (hostname.size() + 1 + 7) / 8 * 8;
  out.number(8 + padded, 4);
  out.number(0, 2);
  out.zeros(2);
  out.text(hostname, padded);
}

}  // namespace

// [task 8.7] Write a packet as the bus wants it.
std::string encode(const Packet& packet) {
  std::string bytes;
  bytes.reserve(kHeaderBytes + packet.gossip.size() * kGossipBytes);
  Writer out(bytes);
  write_header(out, packet);
  STRATA_ASSERT(bytes.size() == kHeaderBytes, "a header of {} bytes", bytes.size());
  switch (packet.header.type) {
    case PacketType::kPing:
    case PacketType::kPong:
    case PacketType::kMeet:
      for (const GossipEntry& entry : packet.gossip) write_gossip(out, entry);
      if (!packet.hostname.empty()) write_hostname(out, packet.hostname);
      break;
    case PacketType::kFail:
      out.text(packet.subject, kIdBytes);
      break;
    case PacketType::kPublish:
    case PacketType::kPublishShard:
      out.number(packet.channel.size(), 4);
      out.number(packet.message.size(), 4);
      out.raw(packet.channel);
      out.raw(packet.message);
      break;
    case PacketType::kUpdate:
      out.number(packet.subject_epoch, 8);
      out.text(packet.subject, kIdBytes);
      out.raw(packet.subject_slots.bytes());
      break;
    case PacketType::kVoteRequest:
    case PacketType::kVote:
    case PacketType::kPauseRequest:
    case PacketType::kModule:
      break;
  }
  std::string length;
  Writer(length).number(bytes.size(), 4);
  bytes.replace(4, 4, length);
  return bytes;
}

}  // namespace strata::cluster
