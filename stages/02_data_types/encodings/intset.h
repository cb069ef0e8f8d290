// An intset: a sorted array of distinct whole numbers in one block of bytes. Sets of few numbers are intsets; snapshots
// write them out as they are.
//
//   [width: 4 LE][count: 4 LE][number]...[number]        every number takes `width` bytes: 2, 4 or 8, LE, ascending
//
// The width is what the widest number ever added needs; it never shrinks, so that removing a number moves no others
// but those behind it. An IntSet is a handle on a malloc'ed block, copied like a pointer: whoever keeps the block
// stores block() again after every change, since it may have moved, and calls destroy() once. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace strata::db {

class IntSet {
 public:
  static constexpr size_t kHeaderBytes = 8;

  explicit IntSet(uint8_t* block) : block_(block) {}
  static IntSet create();                                 // an empty one
  static IntSet copy_of(std::span<const uint8_t> bytes);  // bytes that validate() accepted
  IntSet clone() const { return copy_of(bytes()); }
  void destroy();

  uint8_t* block() const { return block_; }
  size_t size() const { return field(kCountAt); }
  unsigned width() const { return field(kWidthAt); }
  size_t memory_bytes() const;  // of the block, which has some room to grow
  size_t total_bytes() const { return kHeaderBytes + size() * width(); }
  std::span<const uint8_t> bytes() const { return {block_, total_bytes()}; }

  int64_t at(size_t index) const;  // index < size(); in ascending order
  bool contains(int64_t number) const;
  bool add(int64_t number);     // false: it was there already. O(n)
  bool remove(int64_t number);  // false: it was not there. O(n)

  // Is this a whole, well-formed intset with at least one number? `deep` also checks the order; without it only the
  // header is checked. Every other function relies on it. Never reads outside `bytes`.
  static bool validate(std::span<const uint8_t> bytes, bool deep);

 private:
  static constexpr size_t kWidthAt = 0;
  static constexpr size_t kCountAt = 4;

  uint32_t field(size_t at) const {
    uint32_t value;
    std::memcpy(&value, block_ + at, sizeof value);
    return value;
  }
  void set_field(size_t at, size_t value) {
    uint32_t narrow = static_cast<uint32_t>(value);
    std::memcpy(block_ + at, &narrow, sizeof narrow);
  }
  uint8_t* number_at(size_t index) const { return block_ + kHeaderBytes + index * width(); }
  void put(size_t index, int64_t number) { std::memcpy(number_at(index), &number, width()); }

  bool find(int64_t number, size_t* index) const;
  void make_room_for(size_t count, unsigned width);
  void widen(unsigned width);

  uint8_t* block_;
};

}  // namespace strata::db
