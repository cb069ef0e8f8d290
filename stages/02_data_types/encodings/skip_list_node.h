// One member of a large sorted set: a node of the skip list (skip_list.h) and an item of the index over its members
// (ranked_table.h) at the same time, in one block of the element slab.
//
//   byte 0     score (8)
//   8          reference to the node before (6)
//   14         number of levels (1)
//   15         length of the member (1); 255: the real length follows the levels in 4 bytes
//   16         level 0: reference to the next node (6); it is always one step away
//   22         levels 1 and up: reference to the next node on that level (6), its distance in steps (4)
//   ...        [length, 4] member
//
// Three nodes of four have the single level 0: then a 10-byte member takes 32 bytes. Nodes are plain bytes: fields are not
// aligned and are read through memcpy. References have 48 bits, as in the hash table's buckets. The distance of a
// level that leads nowhere is that to the end of the list.
#pragma once

#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>

#include "01_resp_server/db/slab.h"

namespace strata::db {

class SkipListNode {
 public:
  static constexpr unsigned kMaxLevels = 32;

  // Not linked to anything yet.
  static SkipListNode* create(SlabAllocator& slab, double score, std::string_view member, unsigned levels) {
    char* block = static_cast<char*>(slab.allocate(block_bytes_for(levels, member.size())));
    auto* node = reinterpret_cast<SkipListNode*>(block);
    node->set_score(score);
    std::memset(block + kPrevious, 0, kRefBytes);
    block[kLevels] = static_cast<char>(levels);
    std::memset(block + kNext, 0, levels_bytes(levels));
    char* end = block + kNext + levels_bytes(levels);
    if (member.size() < kLongMember) {
      block[kMemberLength] = static_cast<char>(member.size());
    } else {
      block[kMemberLength] = static_cast<char>(kLongMember);
      auto length = static_cast<uint32_t>(member.size());
      std::memcpy(end, &length, sizeof length);
      end += sizeof length;
    }
    if (!member.empty()) std::memcpy(end, member.data(), member.size());
    return node;
  }
  void destroy(SlabAllocator& slab) { slab.free(this, block_bytes()); }

  double score() const { return load<double>(0); }
  void set_score(double score) { std::memcpy(chars(), &score, sizeof score); }
  std::string_view member() const {
    size_t at = kNext + levels_bytes(levels());
    auto length = static_cast<uint8_t>(chars()[kMemberLength]);
    if (length != kLongMember) return {chars() + at, length};
    return {chars() + at + sizeof(uint32_t), load<uint32_t>(at)};
  }
  size_t block_bytes() const { return block_bytes_for(levels(), member().size()); }

  SkipListNode* next() const { return ref(kNext); }
  SkipListNode* previous() const { return ref(kPrevious); }  // null at the front

  // --- for the list ---
  unsigned levels() const { return static_cast<uint8_t>(chars()[kLevels]); }
  SkipListNode* next(unsigned level) const { return ref(next_at(level)); }
  void set_next(unsigned level, const SkipListNode* node) { set_ref(next_at(level), node); }
  void set_previous(const SkipListNode* node) { set_ref(kPrevious, node); }
  uint32_t span(unsigned level) const { return level == 0 ? 1 : load<uint32_t>(next_at(level) + kRefBytes); }
  void set_span(unsigned level, size_t steps) {
    if (level == 0) return;
    auto span = static_cast<uint32_t>(steps);
    std::memcpy(chars() + next_at(level) + kRefBytes, &span, sizeof span);
  }

 private:
  static constexpr size_t kRefBytes = 6;
  static constexpr size_t kLevelBytes = kRefBytes + sizeof(uint32_t);
  static constexpr size_t kPrevious = 8;
  static constexpr size_t kLevels = 14;
  static constexpr size_t kMemberLength = 15;
  static constexpr size_t kNext = 16;
  static constexpr uint8_t kLongMember = 255;

  static constexpr size_t levels_bytes(unsigned levels) { return kRefBytes + (levels - 1) * kLevelBytes; }
  static constexpr size_t next_at(unsigned level) { return level == 0 ? kNext : kNext + levels_bytes(level); }
  static constexpr size_t block_bytes_for(unsigned levels, size_t member) {
    return kNext + levels_bytes(levels) + (member < kLongMember ? 0 : sizeof(uint32_t)) + member;
  }

  char* chars() { return reinterpret_cast<char*>(this); }
  const char* chars() const { return reinterpret_cast<const char*>(this); }
  template <class T>
  T load(size_t at) const {
    T value;
    std::memcpy(&value, chars() + at, sizeof value);
    return value;
  }
  // Read with the two bytes in front of it, which are always there; those behind it may not be.
  SkipListNode* ref(size_t at) const { return reinterpret_cast<SkipListNode*>(load<uint64_t>(at - 2) >> 16); }
  void set_ref(size_t at, const SkipListNode* node) {
    auto bits = reinterpret_cast<uint64_t>(node);
    std::memcpy(chars() + at, &bits, kRefBytes);
  }
};

}  // namespace strata::db
