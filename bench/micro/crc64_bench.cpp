// The checksum of snapshots, both ways, from a record of 16 bytes to a buffer of 1 MiB.
#include <benchmark/benchmark.h>

#include <string>

#include "common/crc64.h"

namespace strata {
namespace {

void crc64_of(benchmark::State& state, uint64_t (*checksum)(uint64_t, std::string_view)) {
  if (checksum == crc64_by_folding && !crc64_can_fold()) {
    state.SkipWithError("this processor cannot fold");
    return;
  }
  std::string bytes(static_cast<size_t>(state.range(0)), 'x');
  uint64_t crc = 0;
  for (auto _ : state) benchmark::DoNotOptimize(crc = checksum(crc, bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK_CAPTURE(crc64_of, tables, crc64_by_tables)->Arg(16)->Arg(256)->Arg(4096)->Arg(1 << 20);
BENCHMARK_CAPTURE(crc64_of, folding, crc64_by_folding)->Arg(16)->Arg(256)->Arg(4096)->Arg(1 << 20);

}  // namespace
}  // namespace strata
