// What nodes say to each other on the cluster bus, as values; encode.cpp and decode.cpp know the bytes.
//
//   +--------------------------------------------------------------+-------------------------------------+
//   | header, 2256 bytes: who sends, its epochs, slots, role, view | PING PONG MEET: gossip entries of   |
//   | of the cluster                                               | 104 bytes, then extensions; others: |
//   |                                                              | what the type needs                 |
//   +--------------------------------------------------------------+-------------------------------------+
//
// All integers are big-endian. Every message carries the whole header, so every message also says what its sender claims.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "08_cluster/slots/slot_set.h"

namespace strata::cluster {

constexpr size_t kIdBytes = 40;
constexpr size_t kHeaderBytes = 2256;
constexpr size_t kGossipBytes = 104;

enum class PacketType : uint16_t {
  kPing = 0,
  kPong = 1,
  kMeet = 2,  // a PING that introduces its sender
  kFail = 3,  // a node is down, by agreement
  kPublish = 4,
  kVoteRequest = 5,   // FAILOVER_AUTH_REQUEST
  kVote = 6,          // FAILOVER_AUTH_ACK
  kUpdate = 7,        // your idea of these slots is old
  kPauseRequest = 8,  // MFSTART: a replica asks its master to stop for a manual failover
  kModule = 9,        // accepted and ignored
  kPublishShard = 10,
};
constexpr size_t kPacketTypes = 11;
// As INFO and the log name it; empty for a type that does not exist.
std::string_view packet_type_name(PacketType type);
constexpr bool has_gossip(PacketType type) { return static_cast<uint16_t>(type) <= 2; }

// Of a node: in headers, in gossip and in memory.
enum NodeFlag : uint16_t {
  kMaster = 1,
  kReplica = 2,
  kSuspected = 4,  // PFAIL: the sender cannot reach it
  kFailed = 8,     // FAIL: a majority of masters cannot
  kMyself = 16,
  kHandshake = 32,
  kNoAddress = 64,
  kMeetFirst = 128,        // begin with MEET instead of PING
  kMigrationTarget = 256,  // may be given replicas of others
  kNoFailover = 512,
};

enum MessageFlag : uint8_t {
  kPaused = 1,      // the sender, a master, takes no writes: a manual failover is under way
  kForceVote = 2,   // vote though the master is not down
  kExtensions = 4,  // extensions follow the gossip
};

struct Header {
  PacketType type = PacketType::kPing;
  uint64_t current_epoch = 0;
  uint64_t config_epoch = 0;  // of a replica: its master's
  uint64_t offset = 0;        // of replication
  std::string sender;
  SlotSet slots;       // of a replica: its master's
  std::string master;  // of a replica; empty: a master
  std::string ip;      // empty: the receiver knows it from the connection
  int port = 0;
  int plain_port = 0;  // besides a TLS port
  int bus_port = 0;
  uint16_t flags = 0;  // NodeFlag
  bool cluster_ok = false;
  uint8_t message_flags = 0;  // MessageFlag
};

// A packet may carry a hundred of them: the texts are looked at where they are, in the bytes that were decoded or in the
// nodes that are told of.
struct GossipEntry {
  std::string_view id;
  uint32_t ping_sent_s = 0;  // Unix time; 0: none is pending
  uint32_t pong_received_s = 0;
  std::string_view ip;
  int port = 0;
  int bus_port = 0;
  int plain_port = 0;
  uint16_t flags = 0;
};

struct Packet {
  Header header;
  std::vector<GossipEntry> gossip;
  std::string hostname;        // PING PONG MEET: the extension, empty for none
  std::string subject;         // FAIL: who is down; UPDATE: whose slots
  uint64_t subject_epoch = 0;  // UPDATE
  SlotSet subject_slots;       // UPDATE
  std::string channel;         // PUBLISH, PUBLISHSHARD
  std::string message;
};

std::string encode(const Packet& packet);

// How long the packet that begins here is: 0 while fewer than 8 bytes are known, nothing for what cannot be a packet.
std::optional<size_t> packet_length(std::string_view bytes);

enum class Decoded : uint8_t {
  kOk,
  kIgnored,  // another version: not an error, not for us
  kInvalid,  // `error` says why; the connection may go on
};
// `bytes` is one whole packet, into which the gossip of `out` points. Of an invalid packet nothing may be used.
Decoded decode(std::string_view bytes, Packet* out, std::string* error);

}  // namespace strata::cluster
