#include "02_data_types/hyperloglog/dense.h"

#include <algorithm>

namespace strata::db::hll {

namespace {

constexpr unsigned kMask = 63;

// The four registers of three bytes, as one number.
unsigned load_group(const char* at) {
  return static_cast<uint8_t>(at[0]) | static_cast<unsigned>(static_cast<uint8_t>(at[1])) << 8 |
         static_cast<unsigned>(static_cast<uint8_t>(at[2])) << 16;
}

void store_group(char* at, unsigned group) {
  at[0] = static_cast<char>(group);
  at[1] = static_cast<char>(group >> 8);
  at[2] = static_cast<char>(group >> 16);
}

}  // namespace

// [task 2.7] Read a register of six bits.
uint8_t dense_get(const char* dense, unsigned index) {
  return static_cast<uint8_t>(load_group(dense + index / 4 * 3) >> index % 4 * 6 & kMask);
}

// [task 2.7] Write a register of six bits.
void dense_set(char* dense, unsigned index, uint8_t rank) {
  char* at = dense + index / 4 * 3;
  unsigned shift = index % 4 * 6;
  store_group(at, (load_group(at) & ~(kMask << shift)) | static_cast<unsigned>(rank) << shift);
}

void merge_dense(const char* dense, Registers& registers) {
  for (unsigned index = 0; index < kRegisters; index += 4, dense += 3) {
    unsigned group = load_group(dense);
    for (unsigned i = 0; i < 4; i++, group >>= 6) {
      registers[index + i] = std::max(registers[index + i], static_cast<uint8_t>(group & kMask));
    }
  }
}

void write_dense(char* dense, const Registers& registers) {
  for (unsigned index = 0; index < kRegisters; index += 4, dense += 3) {
    unsigned group = 0;
    for (unsigned i = 0; i < 4; i++) group |= static_cast<unsigned>(registers[index + i] & kMask) << i * 6;
    store_group(dense, group);
  }
}

}  // namespace strata::db::hll
