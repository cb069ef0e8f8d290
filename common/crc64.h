// CRC-64 "Jones": the checksum at the end of an RDB file and of a DUMP payload.
//
//   polynomial 0xad93d23594c935a9, bits reflected in and out, initial value 0, nothing xored at the end
//   check      crc64(0, "123456789") == 0xe9c6d914c4b8d9ca
//
// A checksum of parts is taken by passing the result so far: crc64(crc64(0, a), b) == crc64(0, a + b). Pure functions,
// no allocation; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace strata {

// By the fastest of the two ways below that this processor knows, chosen at the first call.
uint64_t crc64(uint64_t crc, std::string_view bytes);

// Eight bytes a step with eight tables of 2 KiB, which leave room in the first-level cache for the data ("slicing-by-8":
// Kounavis and Berry, Intel, 2005). Runs anywhere.
uint64_t crc64_by_tables(uint64_t crc, std::string_view bytes);

// 64 bytes a step with carry-less multiplication (Gopal et al., "Fast CRC Computation for Generic Polynomials Using
// PCLMULQDQ Instruction", Intel, 2009). Only where crc64_can_fold() says so.
bool crc64_can_fold();
uint64_t crc64_by_folding(uint64_t crc, std::string_view bytes);

}  // namespace strata
