// Slots and the view: hash tags, sets, the text of nodes.conf there and back.
#include <gtest/gtest.h>

#include "08_cluster/slots/key_slot.h"
#include "08_cluster/view/nodes_text.h"

namespace strata::cluster {
namespace {

const std::string kMe(40, 'a');
const std::string kOther(40, 'b');

TEST(KeySlot, ChecksumsOfAnyLengthAreThoseOfTheirBits) {
  std::string bytes;
  for (unsigned length = 0; length < 40; ++length) {
    unsigned crc = 0;
    for (char c : bytes) {
      crc ^= static_cast<unsigned>(static_cast<uint8_t>(c)) << 8;
      for (int bit = 0; bit < 8; ++bit) crc = ((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
    }
    EXPECT_EQ(crc16(bytes), crc) << length << " bytes";
    bytes += static_cast<char>(37 * length + 200);
  }
}

TEST(KeySlot, KnownKeys) {
  EXPECT_EQ(crc16("123456789"), 0x31c3);
  EXPECT_EQ(key_slot(""), 0);
  EXPECT_EQ(key_slot("foo"), 12182);
  EXPECT_EQ(key_slot("hello"), 866);
  EXPECT_EQ(key_slot("{user1000}.following"), 3443);
  EXPECT_EQ(key_slot("{user1000}.following"), key_slot("{user1000}.followers"));
  EXPECT_EQ(key_slot("foo{}{bar}"), 8363);
  EXPECT_EQ(key_slot("foo{{bar}}zap"), 4015);
  EXPECT_EQ(key_slot("foo{bar}{zap}"), 5061);
  EXPECT_EQ(key_slot("{}"), 15257);
  EXPECT_EQ(key_slot("{a"), 10276);
  EXPECT_EQ(key_slot("a}b{c}"), 7365);
  EXPECT_EQ(key_slot(std::string_view("\x00\xff", 2)), 7920);
}

TEST(SlotSet, RangesJoinNeighbours) {
  SlotSet set;
  for (int slot : {0, 1, 2, 7, 8, 9, 16383}) set.add(slot);
  std::string text;
  set.each_range([&text](int first, int last) { text += fmt::format("{}-{} ", first, last); });
  EXPECT_EQ(text, "0-2 7-9 16383-16383 ");
  EXPECT_EQ(set.count(), 7);
  set.remove(8);
  EXPECT_FALSE(set.has(8));
}

TEST(View, KeepsItsInvariants) {
  View view(kMe, 1);
  Node& other = view.add(kOther, kMaster, 1);
  view.assign(5, view.myself());
  view.assign(5, other);
  EXPECT_EQ(view.owner(5), &other);
  EXPECT_EQ(view.myself().slot_count, 0);
  EXPECT_EQ(other.slot_count, 1);
  view.unassign(5);
  EXPECT_EQ(other.slots, nullptr);
  view.make_replica(other, &view.myself());
  EXPECT_EQ(view.myself().replicas.size(), 1u);
  view.remove(other);
  EXPECT_TRUE(view.myself().replicas.empty());
  EXPECT_EQ(view.size(), 1u);
}

TEST(NodesText, IsReadBack) {
  View view(kMe, 1000);
  view.myself().ip = "127.0.0.1";
  view.myself().port = 6379;
  view.myself().bus_port = 16379;
  view.myself().hostname = "host.example.com";
  view.myself().config_epoch = 3;
  Node& replica = view.add(kOther, kReplica, 1000);
  replica.ip = "::1";
  replica.port = 7000;
  replica.bus_port = 17000;
  view.attach(replica, view.myself());
  for (int slot = 0; slot <= 100; ++slot) view.assign(slot, view.myself());
  view.set_migrating(7, &replica);
  view.set_importing(200, &replica);
  view.current_epoch = 9;
  view.last_vote_epoch = 8;
  const std::string text = view_text(view);
  Expected<std::unique_ptr<View>> read = parse_view(text, 1000);
  ASSERT_TRUE(read.ok()) << read.message();
  EXPECT_EQ(view_text(**read), text);
}

TEST(NodesText, EveryTruncationIsReadOrRefused) {
  const std::string text = kMe + " 127.0.0.1:1@10001 myself,master - 0 0 1 connected 0-5 [7->-" + kOther + "]\n" +
                           kOther + " 127.0.0.1:2@10002,host slave " + kMe +
                           " 0 0 1 connected\nvars currentEpoch 4 lastVoteEpoch 2\n";
  ASSERT_TRUE(parse_view(text, 1).ok());
  for (size_t n = 0; n < text.size(); ++n) {
    Expected<std::unique_ptr<View>> read = parse_view(text.substr(0, n), 1);
    if (!read) {
      EXPECT_FALSE(read.message().empty());
    }
  }
}

TEST(NodesText, WhatIsWrongIsNamed) {
  const std::string begin = kMe + " 127.0.0.1:1 myself,master - 0 0 1 connected";
  const std::pair<std::string, std::string> cases[] = {
      {"", "no line, or more than one, is about this node itself"},
      {begin + "\n" + begin + "\n", "no line, or more than one, is about this node itself"},
      {begin + " 16384\n", "line 1: '16384' are no slots"},
      {begin + " 9-3\n", "line 1: '9-3' are no slots"},
      {begin + "\nvars currentEpoch\n", "line 2: a variable without a value"},
      {begin + "\n" + kOther + " 127.0.0.1:1 master,great - 0 0 1 connected\n", "line 2: unknown flag 'great'"},
      {begin + "\nshort 127.0.0.1:1\n", "line 2: a line of fewer than 8 words"},
      {kMe + " nowhere myself,master - 0 0 1 connected\n", "line 1: 'nowhere' is no address"},
  };
  for (const auto& [text, error] : cases) EXPECT_EQ(parse_view(text, 1).message(), error);
}

}  // namespace
}  // namespace strata::cluster
