// The sparse form: runs of registers of the same value, for HyperLogLogs in which most are still 0.
//
//   00xxxxxx            1 to 64 registers of 0
//   01xxxxxx xxxxxxxx   1 to 16384 registers of 0, the higher bits first
//   1vvvvvxx            1 to 4 registers of the value 1 to 32
//
// Runs cover all registers, in order. Setting one replaces the run that it lies in by up to three, and then joins equal
// neighbours - only those nearby, as Redis does, so that both come to the same bytes. Functions here work on the runs
// alone and allocate nothing; they never read or write outside of what they are given, whatever it holds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "02_data_types/hyperloglog/registers.h"

namespace strata::db::hll {

inline constexpr uint8_t kMaxSparseRank = 32;

// The runs of an empty HyperLogLog.
std::string_view empty_runs();

// Raises registers to the runs' values where these are higher; false when the runs do not cover all registers exactly.
bool merge_sparse(std::string_view runs, Registers& registers);

// What raising one register takes: `old_bytes` at `at` are to be replaced by bytes(), then join_runs(from) is due.
struct SparseChange {
  enum class Kind : uint8_t {
    kNone,     // the register is as high already
    kReplace,  // see above
    kTooHigh,  // only the dense form can hold this rank
    kCorrupt,  // no run covers this register
  };
  Kind kind = Kind::kNone;
  size_t at = 0;
  size_t old_bytes = 0;
  size_t from = 0;
  char buffer[5] = {};  // a run of zeros, a value, a run of zeros
  size_t new_bytes = 0;

  std::string_view bytes() const { return {buffer, new_bytes}; }
};
SparseChange raise_sparse(std::string_view runs, Place place);

// Joins neighbouring runs of the same value among the first few from `from` on. Returns the new size of the runs.
size_t join_runs(char* runs, size_t size, size_t from);

// As PFDEBUG DECODE shows them: "Z:16129 v:3,1 z:5".
std::string describe_sparse(std::string_view runs);

}  // namespace strata::db::hll
