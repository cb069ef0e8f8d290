// The registers of a HyperLogLog, how elements find theirs, and what they say about the number of elements.
//
// An element's hash names a register by its lowest 14 bits; the zeros in front of the lowest one of the other 50 bits,
// plus one, are its rank. A register keeps the highest rank it has seen: the more elements, the higher.
//
//   hash   [ 50 bits ...... 1 0 0 0 | 14 bits: register ]        rank 4
//
// Sources: P. Flajolet et al., "HyperLogLog: the analysis of a near-optimal cardinality estimation algorithm" (2007);
// the estimator is that of O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches" (2017). Hash,
// seed and order of operations are Redis's: the same elements give the same registers and the same estimate.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace strata::db::hll {

inline constexpr unsigned kIndexBits = 14;
inline constexpr unsigned kRegisters = 1u << kIndexBits;
inline constexpr unsigned kRankBits = 64 - kIndexBits;
inline constexpr unsigned kMaxRank = kRankBits + 1;

// One byte for each, the form in which they are worked on.
using Registers = std::array<uint8_t, kRegisters>;
// How many registers have each value. Six bits can hold more than kMaxRank; only hostile bytes do.
using Histogram = std::array<uint32_t, 64>;

struct Place {
  unsigned index;
  uint8_t rank;
};
Place place_of(std::string_view element);

// A. Appleby's MurmurHash64A, reading words as little-endian.
uint64_t murmur_hash_64a(std::string_view bytes, uint64_t seed);

Histogram histogram_of(const Registers& registers);

// The number of different elements, with a standard error of 0.81 %.
uint64_t estimate(const Histogram& histogram);

}  // namespace strata::db::hll
