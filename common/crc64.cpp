// Two ways to the same remainder. Bytes are a polynomial over GF(2), the first bit with the highest power; the checksum
// is the remainder of bytes * x^64 by P. "Reflected" means that a word's lowest bit has the highest power: bit i of a
// 64-bit word stands for x^(63-i), so that memory can be loaded as it is.
//
// Folding replaces a block of 128 bits by an equal one further on. With H and L its first and second eight bytes and D
// the distance in bits:
//
//        block                      D bits further
//   [  H  ][  L  ] ............... [   128 bits   ]        H*x^(64+D) + L*x^D  ==  H*(x^(64+D) mod P) + L*(x^D mod P)
//
// Both products fit 128 bits and are added to (xored into) the data that stands there. Four blocks side by side go 512
// bits a step, so that the multiplier is always busy; then they are folded into one, 128 bits a step, and the tables
// take the remainder of those last sixteen bytes.
#include "common/crc64.h"

#include <array>
#include <bit>
#include <cstring>

#include "common/assert.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define STRATA_CRC64_FOLDS 1
#else
#define STRATA_CRC64_FOLDS 0
#endif

namespace strata {

namespace {

static_assert(std::endian::native == std::endian::little, "words are loaded as they are in memory");

constexpr uint64_t kPolynomial = 0x95ac9329ac4bc9b5;  // reflected, without its x^64

// value * x mod P
constexpr uint64_t times_x(uint64_t value) { return value >> 1 ^ (value & 1 ? kPolynomial : 0); }

// kTables[i][b]: the checksum of byte b followed by i zero bytes.
using Tables = std::array<std::array<uint64_t, 256>, 8>;
constexpr Tables make_tables() {
  Tables tables{};
  for (size_t byte = 0; byte < 256; byte++) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = times_x(crc);
    tables[0][byte] = crc;
  }
  for (size_t i = 1; i < tables.size(); i++) {
    for (size_t byte = 0; byte < 256; byte++) {
      uint64_t crc = tables[i - 1][byte];
      tables[i][byte] = tables[0][crc & 0xff] ^ crc >> 8;
    }
  }
  return tables;
}
constexpr Tables kTables = make_tables();

}  // namespace

uint64_t crc64_by_tables(uint64_t crc, std::string_view bytes) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; at += 8, left -= 8) {
    uint64_t word;
    std::memcpy(&word, at, sizeof word);
    word ^= crc;
    crc = 0;
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++) crc ^= kTables[7 - i][word >> (8 * i) & 0xff];
  }
  for (; left > 0; at++, left--) crc = kTables[0][(crc ^ static_cast<uint8_t>(*at)) & 0xff] ^ crc >> 8;
  return crc;
}

#if STRATA_CRC64_FOLDS

namespace {

constexpr size_t kBlock = 16;
constexpr size_t kStride = 4 * kBlock;

constexpr uint64_t power_of_x(int exponent) {
  uint64_t value = 1ull << 63;
  for (int i = 0; i < exponent; i++) value = times_x(value);
  return value;
}

// The multipliers of H and L for a distance. The product of two reflected words comes out one bit lower than a reflected
// 128-bit word wants it, as if multiplied by x: so the powers are one less.
struct Distance {
  uint64_t first;
  uint64_t second;
};
constexpr Distance distance(size_t bytes) {
  int bits = static_cast<int>(8 * bytes);
  return {power_of_x(64 + bits - 1), power_of_x(bits - 1)};
}
constexpr Distance kFar = distance(kStride);
constexpr Distance kNear = distance(kBlock);

#define STRATA_FOLDING __attribute__((target("pclmul,sse4.1")))

STRATA_FOLDING inline __m128i load_block(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

STRATA_FOLDING inline __m128i multipliers(const Distance& by) {
  return _mm_set_epi64x(static_cast<int64_t>(by.second), static_cast<int64_t>(by.first));
}

STRATA_FOLDING inline __m128i fold(__m128i block, __m128i by, __m128i onto) {
  __m128i first = _mm_clmulepi64_si128(block, by, 0x00);
  __m128i second = _mm_clmulepi64_si128(block, by, 0x11);
  return _mm_xor_si128(_mm_xor_si128(first, second), onto);
}

}  // namespace

bool crc64_can_fold() { return __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0; }

STRATA_FOLDING uint64_t crc64_by_folding(uint64_t crc, std::string_view bytes) {
  if (bytes.size() < kStride) return crc64_by_tables(crc, bytes);
  const char* at = bytes.data();
  const char* end = at + bytes.size();

  // A checksum so far is added to the first eight bytes: what precedes has that remainder.
  __m128i a = _mm_xor_si128(load_block(at), _mm_cvtsi64_si128(static_cast<int64_t>(crc)));
  __m128i b = load_block(at + kBlock);
  __m128i c = load_block(at + 2 * kBlock);
  __m128i d = load_block(at + 3 * kBlock);
  __m128i far = multipliers(kFar);
  for (at += kStride; static_cast<size_t>(end - at) >= kStride; at += kStride) {
    a = fold(a, far, load_block(at));
    b = fold(b, far, load_block(at + kBlock));
    c = fold(c, far, load_block(at + 2 * kBlock));
    d = fold(d, far, load_block(at + 3 * kBlock));
  }

  __m128i near = multipliers(kNear);
  __m128i last = fold(fold(fold(a, near, b), near, c), near, d);
  for (; static_cast<size_t>(end - at) >= kBlock; at += kBlock) last = fold(last, near, load_block(at));

  char rest[kBlock];
  std::memcpy(rest, &last, sizeof rest);
  uint64_t folded = crc64_by_tables(0, {rest, sizeof rest});
  return crc64_by_tables(folded, {at, static_cast<size_t>(end - at)});
}

#else

bool crc64_can_fold() { return false; }

uint64_t crc64_by_folding(uint64_t, std::string_view) { STRATA_UNREACHABLE("this processor cannot fold"); }

#endif

uint64_t crc64(uint64_t crc, std::string_view bytes) {
  static const auto kFastest = crc64_can_fold() ? crc64_by_folding : crc64_by_tables;
  return kFastest(crc, bytes);
}

}  // namespace strata
