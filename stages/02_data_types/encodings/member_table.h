// A hash table of members: what a large set, or one with other members than numbers, is.
//
//   table.h's buckets ----> [length: 1][bytes]                     one slab block for each member
//                           [255][length: 4][bytes]                of 255 bytes and more
//
// A member of 16 bytes takes 18 bytes of block and about 9 of bucket. Blocks come from element_slab(). Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "01_resp_server/db/table.h"
#include "02_data_types/encodings/element_slab.h"

namespace strata::db {

// One member where it lives. Made and freed by MemberTable only.
class Member {
 public:
  std::string_view text() const { return {chars() + header_bytes(), length()}; }
  size_t block_bytes() const { return header_bytes() + length(); }

 private:
  friend class MemberTable;
  static constexpr uint8_t kLong = 255;
  static constexpr size_t kLongHeader = 5;

  static Member* create(std::string_view text);

  const char* chars() const { return reinterpret_cast<const char*>(this); }
  bool is_long() const { return static_cast<uint8_t>(chars()[0]) == kLong; }
  size_t header_bytes() const { return is_long() ? kLongHeader : 1; }
  size_t length() const {
    if (!is_long()) return static_cast<uint8_t>(chars()[0]);
    uint32_t length;
    std::memcpy(&length, chars() + 1, sizeof length);
    return length;
  }
};

struct MemberTraits {
  using Item = Member;
  static std::string_view key(const Member* member) { return member->text(); }
};

class MemberTable {
 public:
  MemberTable() : table_(element_slab()) {}
  ~MemberTable() {
    dismantle([](void* block, size_t bytes) { element_slab().free(block, bytes); });
  }
  MemberTable(const MemberTable&) = delete;
  MemberTable& operator=(const MemberTable&) = delete;

  size_t size() const { return table_.size(); }
  bool contains(std::string_view text, Hash hash) const { return static_cast<bool>(table_.find(text, hash)); }
  bool contains(std::string_view text) const { return contains(text, hash_of(text)); }

  void reserve(size_t members) { table_.reserve(members); }  // before the first one
  bool add(std::string_view text);                           // false: it was there already
  bool remove(std::string_view text);                        // false: it was not there; `text` may be the member's own

  // Lookups whose memory is not in the cache overlap when these are called for all of them first, one after the other.
  void prefetch_bucket(Hash hash) const { table_.prefetch_bucket(hash); }
  void prefetch_items(Hash hash) const { table_.prefetch_items(hash); }

  Member* random(Random& random) const { return table_.random(random); }  // null when empty

  // Visits all members, which must not change meanwhile, except that `visit` may free the one it is given.
  template <class Visit>
  void each(Visit visit) const {
    table_.each(visit);
  }
  // Visits members from `cursor` on (0 at the start), at least one bucket of them; the next cursor, 0 at the end. What
  // it promises while the set changes is in table.h.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const {
    return table_.scan(cursor, visit);
  }

  void copy_to(MemberTable& other) const;  // which is empty

  // Gives every block to release(block, bytes); the table is empty afterwards. Touches nothing that is shared.
  template <class Release>
  void dismantle(Release release) {
    each([&](Member* member) { release(member, member->block_bytes()); });
    table_.clear(release);
  }

  size_t memory_bytes() const { return sizeof *this + table_.memory_bytes(); }  // without the members

 private:
  Table<MemberTraits> table_;
};

}  // namespace strata::db
