// The dense form: all registers, six bits each, the lowest bits of the first byte first.
//
//   byte 0    byte 1    byte 2
//   11000000  22221111  33333322      registers 0, 1, 2, 3; and so on, four in three bytes
#pragma once

#include <cstdint>
#include <string_view>

#include "02_data_types/hyperloglog/registers.h"

namespace strata::db::hll {

inline constexpr size_t kDenseBytes = kRegisters * 6 / 8;

// All of these need kDenseBytes bytes.
uint8_t dense_get(const char* dense, unsigned index);
void dense_set(char* dense, unsigned index, uint8_t rank);
// Raises registers to those of the dense form where these are higher.
void merge_dense(const char* dense, Registers& registers);
void write_dense(char* dense, const Registers& registers);

}  // namespace strata::db::hll
