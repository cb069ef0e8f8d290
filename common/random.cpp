#include "common/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "common/assert.h"

namespace strata {

void random_bytes(void* buffer, size_t size) {
  char* p = static_cast<char*>(buffer);
  while (size > 0) {
    const ssize_t got = getrandom(p, size, 0);
    if (got < 0 && errno == EINTR) continue;
    STRATA_ASSERT(got > 0, "getrandom: {}", std::strerror(errno));
    p += got;
    size -= static_cast<size_t>(got);
  }
}

Random::Random() {
  // All zeros is the one state xoshiro never leaves.
  do {
    random_bytes(state_.data(), sizeof state_);
  } while ((state_[0] | state_[1] | state_[2] | state_[3]) == 0);
}

Random::Random(uint64_t seed) {
  // splitmix64 spreads a small seed over the whole state, as the generator's authors advise.
  for (uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15ULL;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    word = z ^ (z >> 31);
  }
}

Random& thread_random() {
  thread_local Random generator;
  return generator;
}

std::string random_hex(size_t length) {
  std::string text(length, '\0');
  random_bytes(text.data(), length);
  for (char& c : text) c = "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  return text;
}

}  // namespace strata
