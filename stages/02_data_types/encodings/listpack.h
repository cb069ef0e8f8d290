// A listpack: a sequence of strings and numbers in one block of bytes. Small lists, hashes and sorted sets are listpacks,
// large lists are chains of them; snapshots write them out as they are.
//
//   [total bytes: 4 LE][count: 2 LE][element]...[element][0xff]         count 65535: more than that, count by walking
//
//   element = [encoding and data][its own length, read backwards: 1 to 5 bytes of 7 bits]
//     0xxxxxxx                      number 0..127
//     10xxxxxx + bytes              string of up to 63 bytes
//     110xxxxx + 1 byte             number of 13 bits
//     1110xxxx + 1 byte + bytes     string of up to 4095 bytes
//     0xf0 + 4 bytes + bytes        string of up to 4 GiB
//     0xf1 .. 0xf4 + 2/3/4/8 bytes  number of 16, 24, 32, 64 bits
//
// A string that is the canonical spelling of a 64-bit number is kept as the number; readers get either kind
// (element.h). A Listpack is a handle on a malloc'ed block, copied like a pointer: whoever keeps the block stores
// block() again after every change, since the block may have moved, and calls destroy() once. Positions are offsets,
// valid until the next change, 0 standing for none. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "02_data_types/values/element.h"

namespace strata::db {

class Listpack {
 public:
  using Position = uint32_t;
  static constexpr Position kNone = 0;
  static constexpr size_t kHeaderBytes = 6;
  static constexpr size_t kMaxBytes = 1ull << 30;  // a caller that would go beyond must start another one

  explicit Listpack(uint8_t* block) : block_(block) {}
  // An empty one; `capacity`: bytes to reserve when the size is known beforehand.
  static Listpack create(size_t capacity = 0);
  static Listpack copy_of(std::span<const uint8_t> bytes);  // bytes that validate() accepted
  Listpack clone() const { return copy_of(bytes()); }
  void destroy();

  uint8_t* block() const { return block_; }
  size_t total_bytes() const;
  std::span<const uint8_t> bytes() const { return {block_, total_bytes()}; }
  size_t count() const;  // O(n) from 65535 elements on
  bool empty() const { return total_bytes() == kHeaderBytes + 1; }

  // --- walking ---
  Position first() const;
  Position last() const;
  Position next(Position at) const;
  Position previous(Position at) const;
  Position at(int64_t index) const;  // negative: from the end; kNone when out of range
  Element get(Position at) const;
  // The first element from `from` on that equals `text`, looking at every (skip+1)th one: skip 1 finds a field in pairs.
  Position find(Position from, std::string_view text, size_t skip = 0) const;
  bool equals(Position at, std::string_view text) const;

  // --- changing ---
  // The position of what was inserted or replaced. `text` must not point into this listpack.
  Position append(std::string_view text) { return insert(end(), text); }
  Position append(int64_t number) { return insert(end(), number); }
  Position prepend(std::string_view text) { return insert(kHeaderBytes, text); }
  Position insert_before(Position at, std::string_view text) { return insert(at, text); }
  Position insert_after(Position at, std::string_view text) { return insert(after(at), text); }
  Position insert(Position at, std::string_view text);  // `at` may be end()
  Position insert(Position at, int64_t number);
  Position replace(Position at, std::string_view text);
  Position replace(Position at, int64_t number);
  // Removes `n` elements; the position of the one that followed, kNone at the end.
  Position erase(Position at, size_t n = 1);
  void erase_range(int64_t index, size_t n);  // negative index: from the end
  // Appends all elements of another listpack as they are.
  void append_all(const Listpack& other);
  void shrink_to_fit();

  Position end() const { return static_cast<Position>(total_bytes() - 1); }  // of the terminator: where append inserts
  Position after(Position at) const { return at + static_cast<Position>(element_bytes(at)); }
  size_t element_bytes(Position at) const;  // with its length at the end
  // What inserting this text takes.
  static size_t bytes_for(std::string_view text);
  static size_t bytes_for(int64_t number);

  // Is this a whole, well-formed listpack? `deep` also walks every element; without it only the header is checked.
  // Every other function relies on it. Never reads outside `bytes`.
  static bool validate(std::span<const uint8_t> bytes, bool deep);

 private:
  Position splice(Position at, size_t old_bytes, const uint8_t* encoded, size_t new_bytes, std::string_view tail,
                  int count_change);
  Position put(Position at, size_t old_bytes, std::string_view text, int count_change);
  Position put(Position at, size_t old_bytes, int64_t number, int count_change);
  uint32_t stored_count() const;
  void set_count(size_t count);

  uint8_t* block_;
};

}  // namespace strata::db
