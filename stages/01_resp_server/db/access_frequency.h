// How often an entry is used, in the 24 bits of its access clock: what the LFU policies of maxmemory-policy keep there
// in place of a time, and what OBJECT FREQ answers.
//
//    23                     8 7        0
//   | minutes of the wall clock | counter |
//
// The counter grows with the logarithm of the accesses: each one raises it with a probability that falls as the counter
// rises (lfu-log-factor). It falls by one for every lfu-decay-time minutes without an access. A new entry starts at
// kInitialFrequency, so that it is not the first to be evicted.
#pragma once

#include <cstdint>

#include "common/random.h"

namespace strata::db {

inline constexpr uint32_t kInitialFrequency = 5;
inline constexpr uint32_t kMostFrequent = 255;

struct FrequencySettings {
  int64_t log_factor = 10;
  int64_t decay_minutes = 1;  // 0: never
};

// The clock of an entry that is new at `now_ms` (Unix time).
uint32_t fresh_frequency(int64_t now_ms);

// The counter of `clock` after the minutes that went by until `fresh`, a value of fresh_frequency.
uint32_t decayed_frequency(uint32_t clock, uint32_t fresh, const FrequencySettings& settings);

// The clock after one more access.
uint32_t count_access(uint32_t clock, uint32_t fresh, const FrequencySettings& settings, Random& random);

}  // namespace strata::db
