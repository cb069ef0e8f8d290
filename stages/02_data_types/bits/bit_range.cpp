#include "02_data_types/bits/bit_range.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace strata::db {

namespace {

uint64_t load_word(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The bits of a range that belong to its first and to its last byte.
unsigned first_mask(BitRange range) { return 0xffu >> (range.first % 8); }
unsigned last_mask(BitRange range) { return 0xffu << (7 - range.last % 8) & 0xffu; }

// Ones of a block of words, added up in eight counters of one byte: 31 words would still fit. Plain arithmetic on all
// words alike, which compilers turn into vector instructions. (Warren, Hacker's Delight, 5-1.)
constexpr size_t kBlockWords = 28;
uint64_t count_block(const char* at) {
  uint64_t counters = 0;
  for (size_t i = 0; i < kBlockWords; i++) {
    uint64_t x = load_word(at + i * sizeof(uint64_t));
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    counters += (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
  }
  uint64_t pairs = (counters & 0x00ff00ff00ff00ffu) + (counters >> 8 & 0x00ff00ff00ff00ffu);
  return pairs * 0x0001000100010001u >> 48;
}

uint64_t count_bytes(const char* at, size_t bytes) {
  uint64_t count = 0;
  for (; bytes >= kBlockWords * sizeof(uint64_t); bytes -= kBlockWords * sizeof(uint64_t)) {
    count += count_block(at);
    at += kBlockWords * sizeof(uint64_t);
  }
  for (; bytes >= sizeof(uint64_t); bytes -= sizeof(uint64_t)) {
    count += static_cast<uint64_t>(std::popcount(load_word(at)));
    at += sizeof(uint64_t);
  }
  uint64_t rest = 0;
  std::memcpy(&rest, at, bytes);
  return count + static_cast<uint64_t>(std::popcount(rest));
}

}  // namespace

// [task 2.7] Turn two indexes into a range of bits.
BitRange clip_bits(int64_t start, int64_t end, bool in_bits, size_t bytes) {
  auto total = static_cast<int64_t>(in_bits ? bytes * 8 : bytes);
  if (start < 0) start = std::max<int64_t>(start + total, 0);
  if (end < 0) end = std::max<int64_t>(end + total, 0);
  end = std::min(end, total - 1);
  if (start > end) return {};
  return in_bits ? BitRange{start, end} : BitRange{start * 8, end * 8 + 7};
}

// [task 2.7] Count the bits of a range, words at a time.
uint64_t count_bits(std::string_view bytes, BitRange range) {
  if (range.empty()) return 0;
  auto first = static_cast<size_t>(range.first / 8);
  auto last = static_cast<size_t>(range.last / 8);
  uint64_t count = count_bytes(bytes.data() + first, last - first + 1);
  auto ones_outside = [&](size_t at, unsigned mask) {
    return static_cast<uint64_t>(std::popcount(static_cast<uint8_t>(bytes[at]) & ~mask & 0xffu));
  };
  return count - ones_outside(first, first_mask(range)) - ones_outside(last, last_mask(range));
}

// [task 2.7] Find the first bit of a kind, skipping whole words without it.
int64_t find_bit(std::string_view bytes, bool bit, BitRange range) {
  if (range.empty()) return -1;
  auto first = static_cast<size_t>(range.first / 8);
  auto last = static_cast<size_t>(range.last / 8);
  const uint64_t blank = bit ? 0 : ~uint64_t{0};  // a word without the bit
  for (size_t at = first; at <= last;) {
    unsigned found = static_cast<uint8_t>(bytes[at]) ^ static_cast<uint8_t>(blank);
    if (at == first) found &= first_mask(range);
    if (at == last) found &= last_mask(range);
    if (found != 0) return static_cast<int64_t>(at * 8) + std::countl_zero(static_cast<uint8_t>(found));
    at++;
    while (at + sizeof(uint64_t) <= last && load_word(bytes.data() + at) == blank) at += sizeof(uint64_t);
  }
  return -1;
}

}  // namespace strata::db
