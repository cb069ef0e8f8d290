// The hash of keys: XXH3 with a seed drawn at start-up, so that nobody outside can choose keys that collide.
//
//   bits 63..16  place: where the key belongs (see table.h)
//   bits  7..0   tag: compared before the key is
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

#include "common/random.h"

namespace strata::db {

struct Hash {
  static constexpr int kPlaceBits = 48;
  static constexpr uint64_t kPlaces = 1ull << kPlaceBits;

  uint64_t bits = 0;
  uint64_t place() const { return bits >> (64 - kPlaceBits); }
  uint8_t tag() const { return static_cast<uint8_t>(bits); }
};

inline const uint64_t hash_seed = Random().next();

inline Hash hash_of(std::string_view key) { return {XXH3_64bits_withSeed(key.data(), key.size(), hash_seed)}; }

}  // namespace strata::db
