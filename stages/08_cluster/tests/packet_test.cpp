// Packets of the bus: what is written is read back; what is broken is refused, whatever it is.
#include <gtest/gtest.h>

#include "08_cluster/wire/packet.h"
#include "common/random.h"

namespace strata::cluster {
namespace {

const std::string kSender(40, 'a');
const std::string kOther(40, 'b');

Packet sample(PacketType type) {
  Packet packet;
  Header& header = packet.header;
  header.type = type;
  header.current_epoch = 7;
  header.config_epoch = 5;
  header.offset = 0x0102030405060708;
  header.sender = kSender;
  header.slots.add(0);
  header.slots.add(16383);
  header.master = kOther;
  header.ip = "127.0.0.1";
  header.port = 6379;
  header.bus_port = 16379;
  header.flags = kReplica | kMyself;
  if (has_gossip(type)) {
    packet.gossip.push_back({.id = kOther,
                             .ping_sent_s = 1,
                             .pong_received_s = 2,
                             .ip = "::1",
                             .port = 3,
                             .bus_port = 4,
                             .flags = kMaster | kSuspected});
    packet.hostname = "host-1.example.com";
  }
  if (type == PacketType::kFail || type == PacketType::kUpdate) packet.subject = kOther;
  if (type == PacketType::kUpdate) {
    packet.subject_epoch = 9;
    packet.subject_slots.add(5);
  }
  if (type == PacketType::kPublish || type == PacketType::kPublishShard) {
    packet.channel = "chan";
    packet.message = std::string("hello\0world", 11);
  }
  return packet;
}

std::vector<PacketType> types() {
  return {PacketType::kPing,        PacketType::kPong,        PacketType::kMeet,   PacketType::kFail,
          PacketType::kPublish,     PacketType::kVote,        PacketType::kUpdate, PacketType::kPauseRequest,
          PacketType::kVoteRequest, PacketType::kPublishShard};
}

TEST(Packet, IsReadAsItWasWritten) {
  for (PacketType type : types()) {
    const Packet packet = sample(type);
    const std::string bytes = encode(packet);
    EXPECT_EQ(packet_length(bytes), bytes.size());
    Packet read;
    std::string error;
    ASSERT_EQ(decode(bytes, &read, &error), Decoded::kOk) << error;
    EXPECT_EQ(encode(read), bytes) << packet_type_name(type);
  }
}

TEST(Packet, LengthsAreThoseOfTheFormat) {
  EXPECT_EQ(encode(sample(PacketType::kVote)).size(), 2256u);
  EXPECT_EQ(encode(sample(PacketType::kFail)).size(), 2296u);
  EXPECT_EQ(encode(sample(PacketType::kUpdate)).size(), 4352u);
  EXPECT_EQ(encode(sample(PacketType::kPublish)).size(), 2256u + 8 + 4 + 11);
  EXPECT_EQ(encode(sample(PacketType::kPing)).size(), 2256u + 104 + 8 + 24);
}

TEST(Packet, FieldsStandWhereTheFormatHasThem) {
  const std::string bytes = encode(sample(PacketType::kPing));
  EXPECT_EQ(bytes.substr(0, 4), "RCmb");
  EXPECT_EQ(bytes.substr(40, 40), kSender);
  EXPECT_EQ(static_cast<uint8_t>(bytes[80]), 0x01);         // slot 0
  EXPECT_EQ(static_cast<uint8_t>(bytes[80 + 2047]), 0x80);  // slot 16383
  EXPECT_EQ(bytes.substr(2128, 40), kOther);
  EXPECT_EQ(bytes.substr(2248, 2), std::string("\x3f\xfb"));  // 16379
  EXPECT_EQ(bytes.substr(2256, 40), kOther);                  // the gossip entry
}

TEST(Packet, LengthIsKnownFromEightBytes) {
  const std::string bytes = encode(sample(PacketType::kPing));
  for (size_t n = 0; n < 8; ++n) EXPECT_EQ(packet_length(bytes.substr(0, n)), 0u);
  EXPECT_EQ(packet_length(bytes.substr(0, 8)), bytes.size());
  EXPECT_EQ(packet_length("GET "), std::nullopt);
  EXPECT_EQ(packet_length(std::string("RCmb\0\0\x08\xcf", 8)), std::nullopt);  // shorter than a header
}

TEST(Packet, EveryTruncationIsRefused) {
  for (PacketType type : types()) {
    const std::string bytes = encode(sample(type));
    for (size_t n = kHeaderBytes; n < bytes.size(); ++n) {
      Packet read;
      std::string error;
      EXPECT_EQ(decode(std::string_view(bytes).substr(0, n), &read, &error), Decoded::kInvalid)
          << packet_type_name(type) << " cut to " << n;
    }
  }
}

TEST(Packet, RandomBytesDoNoHarm) {
  Random random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = encode(sample(types()[random.below(10)]));
    for (uint64_t flips = 1 + random.below(8); flips > 0; --flips) {
      bytes[8 + random.below(bytes.size() - 8)] = static_cast<char>(random.below(256));
    }
    Packet read;
    std::string error;
    if (decode(bytes, &read, &error) == Decoded::kInvalid) {
      EXPECT_FALSE(error.empty());
    }
  }
}

TEST(Packet, NamesThatWouldBreakTheNodesFileAreRefused) {
  Packet packet = sample(PacketType::kPing);
  packet.hostname = "two words";
  Packet read;
  std::string error;
  EXPECT_EQ(decode(encode(packet), &read, &error), Decoded::kInvalid);
  packet.hostname = "one";
  packet.gossip[0].ip = "1.2.3.4\nvars";
  error.clear();
  EXPECT_EQ(decode(encode(packet), &read, &error), Decoded::kInvalid);
}

}  // namespace
}  // namespace strata::cluster
