// A HyperLogLog that a client has SET: whatever its bytes, looking at it and adding to it stays within them.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "02_data_types/hyperloglog/hyperloglog.h"
#include "02_data_types/hyperloglog/sparse.h"
#include "common/assert.h"

namespace hll = strata::db::hll;

// The first three bytes choose the register and the rank that are raised, the rest is the string.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  hll::Place place{(data[0] * 256u + data[1]) % hll::kRegisters, static_cast<uint8_t>(1 + data[2] % hll::kMaxRank)};
  std::string bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  if (!hll::is_hyperloglog(bytes)) bytes = "HYLL\x01" + std::string(11, '\0') + bytes;
  hll::Registers registers{};
  bool whole = hll::merge(bytes, registers);
  hll::estimate(hll::histogram_of(registers));
  if (hll::is_dense(bytes)) return 0;

  std::string runs(hll::registers_part(bytes));
  hll::describe_sparse(runs);
  hll::SparseChange change = hll::raise_sparse(runs, place);
  if (change.kind != hll::SparseChange::Kind::kReplace) return 0;
  runs.replace(change.at, change.old_bytes, change.bytes());
  runs.resize(hll::join_runs(runs.data(), runs.size(), change.from));
  if (!whole) return 0;
  registers[place.index] = place.rank;
  hll::Registers after{};
  STRATA_ASSERT(hll::merge_sparse(runs, after) && after == registers, "raising one register changed another");
  return 0;
}
