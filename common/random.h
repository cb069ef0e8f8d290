// Random numbers for sampling, seeds and identifiers. Fast and well distributed, NOT for secrets: who sees
// enough output can predict the rest. random_hex and random_bytes ask the kernel and are unpredictable.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace strata {

// xoshiro256** by D. Blackman and S. Vigna (2018), https://prng.di.unimi.it. Not thread safe: one per thread.
class Random {
 public:
  Random();                        // seeded by the kernel
  explicit Random(uint64_t seed);  // reproducible: the same seed gives the same sequence

  uint64_t next() {
    const uint64_t result = rotl(state_[1] * 5, 7) * 9;
    const uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = rotl(state_[3], 45);
    return result;
  }

  // Uniform in [0, n), without modulo bias; n > 0. (D. Lemire, "Fast random integer generation in an
  // interval", 2019.)
  uint64_t below(uint64_t n) {
    __extension__ using Wide = unsigned __int128;
    Wide product = Wide{next()} * n;
    if (static_cast<uint64_t>(product) < n) {
      const uint64_t threshold = (0 - n) % n;
      while (static_cast<uint64_t>(product) < threshold) product = Wide{next()} * n;
    }
    return static_cast<uint64_t>(product >> 64);
  }

  // Uniform in [0, 1), all 53 bits used.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
  std::array<uint64_t, 4> state_;
};

// The calling thread's generator.
Random& thread_random();

// Fills from the kernel's generator; ends the process if the kernel cannot deliver.
void random_bytes(void* buffer, size_t size);
// `length` lower-case hex digits (40 for a run id).
std::string random_hex(size_t length);

}  // namespace strata
