// Fuzzes the reader of logs: however the bytes arrive, the same commands come out, and what the strict scan of
// strata-check-aof calls whole is read to its end.
//
//   input   [step] [bytes ...]        step: so many bytes a read
//
// Run: build/fuzz/command_reader_fuzz -max_len=300 -max_total_time=120 CORPUS_FOLDER
#include "04_aof/load/command_reader.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "04_aof/check/log_scan.h"
#include "04_aof/tests/log_samples.h"
#include "common/assert.h"

namespace strata::aof {
namespace {

struct Seen {
  std::vector<std::string> words;  // of all commands
  CommandReader::Result end;
  uint64_t offset;

  bool operator==(const Seen&) const = default;
};

Seen read(std::string_view log, size_t step) {
  TrickleSource source(log, step);
  CommandReader reader(source);
  Seen seen;
  while ((seen.end = reader.next()) == CommandReader::Result::kCommand) {
    seen.words.insert(seen.words.end(), reader.words().begin(), reader.words().end());
    STRATA_ASSERT(reader.begin() < reader.offset() && reader.offset() <= log.size());
  }
  seen.offset = reader.offset();
  return seen;
}

void check(std::string_view log, size_t step) {
  const Seen seen = read(log, SIZE_MAX);
  STRATA_ASSERT(seen == read(log, step), "reads of {} bytes give something else", step);
  const LogScan scan = scan_log(log, 0, "fuzz");
  STRATA_ASSERT(scan.good_bytes <= log.size() && scan.whole == (scan.good_bytes == log.size()));
  const Seen good = read(log.substr(0, scan.good_bytes), SIZE_MAX);
  STRATA_ASSERT(good.end == CommandReader::Result::kEnd && good.offset == scan.good_bytes,
                "good up to {}, read up to {}", scan.good_bytes, good.offset);
}

}  // namespace
}  // namespace strata::aof

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  strata::aof::check({reinterpret_cast<const char*>(data) + 1, size - 1}, size_t{data[0]} + 1);
  return 0;
}
