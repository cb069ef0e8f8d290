// Counting and finding bits in strings. Bit 0 is the highest bit of the first byte.
#pragma once

#include <cstdint>
#include <string_view>

namespace strata::db {

// A range of bits, both ends included; empty when first > last.
struct BitRange {
  int64_t first = 0;
  int64_t last = -1;
  bool empty() const { return first > last; }
};

// The bits from `start` to `end` of a string of `bytes` bytes. Both count bytes or, with `in_bits`, bits; negative ones
// count from the end; what lies outside of the string is cut off.
BitRange clip_bits(int64_t start, int64_t end, bool in_bits, size_t bytes);

// How many bits are 1. The range must lie within the string.
uint64_t count_bits(std::string_view bytes, BitRange range);
// The first bit of the range that is `bit`, -1 when there is none.
int64_t find_bit(std::string_view bytes, bool bit, BitRange range);

}  // namespace strata::db
