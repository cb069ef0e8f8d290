// Bytes to packets. The bytes come from whoever connects: nothing is believed before its length was checked.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "08_cluster/wire/packet.h"

namespace strata::cluster {

namespace {

constexpr std::array<std::string_view, kPacketTypes> kNames = {
    "ping", "pong", "meet", "fail", "publish", "auth-req", "auth-ack", "update", "mfstart", "module", "publishshard"};

constexpr size_t kAddressBytes = 46;

// Reads from the front. Whoever uses it has checked that there is enough.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  uint64_t number(size_t bytes) {
    uint64_t value = 0;
    for (char c : take(bytes)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  int port() { return static_cast<int>(number(2)); }
  std::string_view text(size_t bytes) {  // up to the first zero
    const std::string_view field = take(bytes);
    return field.substr(0, field.find('\0'));
  }
  SlotSet slots() {
    SlotSet set;
    std::memcpy(set.data(), take(SlotSet::kBytes).data(), SlotSet::kBytes);
    return set;
  }
  std::string_view take(size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
    return taken;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

struct Counts {
  size_t gossip = 0;
  size_t extensions = 0;
};

Header read_header(Reader& in, Counts* counts) {
  Header header;
  in.take(4 + 4 + 2);  // signature, length, version
  header.port = in.port();
  header.type = static_cast<PacketType>(in.number(2));
  counts->gossip = in.number(2);
  header.current_epoch = in.number(8);
  header.config_epoch = in.number(8);
  header.offset = in.number(8);
  header.sender = in.text(kIdBytes);
  header.slots = in.slots();
  header.master = in.text(kIdBytes);
  header.ip = in.text(kAddressBytes);
  counts->extensions = in.number(2);
  in.take(30);
  header.plain_port = in.port();
  header.bus_port = in.port();
  header.flags = static_cast<uint16_t>(in.number(2));
  header.cluster_ok = in.number(1) == 0;
  header.message_flags = static_cast<uint8_t>(in.number(1));
  in.take(2);
  if ((header.message_flags & kExtensions) == 0) counts->extensions = 0;
  return header;
}

GossipEntry read_gossip(Reader& in) {
  GossipEntry entry;
  entry.id = in.text(kIdBytes);
  entry.ping_sent_s = static_cast<uint32_t>(in.number(4));
  entry.pong_received_s = static_cast<uint32_t>(in.number(4));
  entry.ip = in.text(kAddressBytes);
  entry.port = in.port();
  entry.bus_port = in.port();
  entry.flags = static_cast<uint16_t>(in.number(2));
  entry.plain_port = in.port();
  in.take(2);
  return entry;
}

std::string wrong_length(std::string_view type, size_t length, size_t expected) {
  return fmt::format("Received invalid {} packet of length {} but expected length {}", type, length, expected);
}

// Gossip and extensions. Extensions of types that we do not know are skipped.
std::string read_lists(Reader& in, const Counts& counts, std::string_view type, size_t length, Packet* out) {
  if (in.rest().size() / kGossipBytes < counts.gossip) {
    return fmt::format("Received invalid {} packet with gossip count {} that exceeds total packet length ({})", type,
                       counts.gossip, length);
  }
  for (size_t i = 0; i < counts.gossip; ++i) out->gossip.push_back(read_gossip(in));
  for (size_t i = 0; i < counts.extensions; ++i) {
    if (in.rest().size() < 8) {
      return fmt::format("Received invalid {} packet with extension data that exceeds total packet length ({})", type,
                         length);
    }
    const size_t size = in.number(4);
    const uint64_t kind = in.number(2);
    in.take(2);
    if (size < 8 || size % 8 != 0) {
      return fmt::format("Received a {} packet without proper padding ({} bytes)", type, size);
    }
    if (in.rest().size() < size - 8) {
      return fmt::format("Received invalid {} packet with extension data that exceeds total packet length ({})", type,
                         length);
    }
    const std::string_view value = in.take(size - 8);
    if (kind != 0) continue;
    if (value.find('\0') == std::string_view::npos) {
      return fmt::format("Received {} packet with missing null terminator in extension type 0", type);
    }
    out->hostname = std::string(value.substr(0, value.find('\0')));
  }
  if (!in.rest().empty()) return wrong_length(type, length, length - in.rest().size());
  return {};
}

// Names and addresses are written to nodes.conf and shown to clients: nothing in them may look like the end of a field.
bool harmless(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != ',' && c != '@'; });
}

bool harmless(const Packet& packet) {
  return harmless(packet.header.ip) && harmless(packet.header.sender) && harmless(packet.hostname) &&
         std::all_of(packet.gossip.begin(), packet.gossip.end(),
                     [](const GossipEntry& entry) { return harmless(entry.ip) && harmless(entry.id); });
}

// The length that the payload of the other types must have.
size_t payload_length(PacketType type, std::string_view payload) {
  switch (type) {
    case PacketType::kFail:
      return kIdBytes;
    case PacketType::kUpdate:
      return 8 + kIdBytes + SlotSet::kBytes;
    case PacketType::kPublish:
    case PacketType::kPublishShard: {
      if (payload.size() < 8) return 8;
      Reader in(payload);
      const uint64_t channel = in.number(4);
      return 8 + channel + in.number(4);
    }
    case PacketType::kModule: {
      if (payload.size() < 13) return 13;
      Reader in(payload);
      in.take(8);
      return 13 + in.number(4);
    }
    default:
      return 0;
  }
}

void read_payload(Reader& in, Packet* out) {
  switch (out->header.type) {
    case PacketType::kFail:
      out->subject = in.text(kIdBytes);
      break;
    case PacketType::kUpdate:
      out->subject_epoch = in.number(8);
      out->subject = in.text(kIdBytes);
      out->subject_slots = in.slots();
      break;
    case PacketType::kPublish:
    case PacketType::kPublishShard: {
      const size_t channel = in.number(4);
      const size_t message = in.number(4);
      out->channel = std::string(in.take(channel));
      out->message = std::string(in.take(message));
      break;
    }
    default:
      break;
  }
}

}  // namespace

std::string_view packet_type_name(PacketType type) {
  const auto number = static_cast<size_t>(type);
  return number < kNames.size() ? kNames[number] : std::string_view();
}

std::optional<size_t> packet_length(std::string_view bytes) {
  constexpr std::string_view kSignature = "RCmb";
  const std::string_view begin = bytes.substr(0, kSignature.size());
  if (begin != kSignature.substr(0, begin.size())) return std::nullopt;
  if (bytes.size() < 8) return 0;
  Reader in(bytes.substr(4));
  const size_t length = in.number(4);
  if (length < kHeaderBytes) return std::nullopt;
  return length;
}

// [task 8.8] Read a packet that anybody may have sent.
Decoded decode(std::string_view bytes, Packet* out, std::string* error) {
  *out = {};
  Reader version(bytes.substr(8));
  if (version.number(2) != 1) return Decoded::kIgnored;
  Reader in(bytes);
  Counts counts;
  out->header = read_header(in, &counts);
  const std::string_view type = packet_type_name(out->header.type);
  if (type.empty()) {
    *error = fmt::format("Received unknown packet type: {}", static_cast<int>(out->header.type));
    return Decoded::kInvalid;
  }
  if (has_gossip(out->header.type)) {
    *error = read_lists(in, counts, type, bytes.size(), out);
  } else if (const size_t expected = payload_length(out->header.type, in.rest()); in.rest().size() != expected) {
    *error = wrong_length(type, bytes.size(), kHeaderBytes + expected);
  } else {
    read_payload(in, out);
  }
  if (error->empty() && !harmless(*out)) *error = fmt::format("Received {} packet with unprintable names", type);
  return error->empty() ? Decoded::kOk : Decoded::kInvalid;
}

}  // namespace strata::cluster
