#include "02_data_types/hyperloglog/sparse.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>

namespace strata::db::hll {

namespace {

constexpr unsigned kMaxShortZeros = 64;
constexpr unsigned kMaxValueLength = 4;
constexpr int kJoinedRuns = 5;

struct Run {
  unsigned length;
  unsigned value;  // 0: a run of zeros
  unsigned bytes;  // 1 or 2
};

bool is_value(char first) { return (first & 0x80) != 0; }

// The one piece of code that is run for thousands of runs at a time.
inline Run read_run(std::string_view runs, size_t at) {
  unsigned first = static_cast<uint8_t>(runs[at]);
  if (first >= 0x80) return {(first & 3) + 1, (first >> 2 & 31) + 1, 1};
  if (first < 0x40) return {first + 1, 0, 1};
  if (at + 1 == runs.size()) return {((first & 63) << 8) + 1, 0, 1};  // cut off
  return {((first & 63) << 8 | static_cast<uint8_t>(runs[at + 1])) + 1, 0, 2};
}

char value_run(unsigned value, unsigned length) { return static_cast<char>(0x80u | (value - 1) << 2 | (length - 1)); }

// Appends a run to a change.
void append_run(SparseChange& change, unsigned value, unsigned length) {
  if (length == 0) return;
  if (value > 0) {
    change.buffer[change.new_bytes++] = value_run(value, length);
  } else if (length <= kMaxShortZeros) {
    change.buffer[change.new_bytes++] = static_cast<char>(length - 1);
  } else {
    change.buffer[change.new_bytes++] = static_cast<char>(0x40u | (length - 1) >> 8);
    change.buffer[change.new_bytes++] = static_cast<char>(length - 1);
  }
}

}  // namespace

std::string_view empty_runs() { return {"\x7f\xff", 2}; }

bool merge_sparse(std::string_view runs, Registers& registers) {
  unsigned index = 0;
  for (size_t at = 0; at < runs.size();) {
    Run run = read_run(runs, at);
    if (run.length > kRegisters - index) return false;
    if (run.value > 0) {
      for (unsigned i = 0; i < run.length; i++) {
        registers[index + i] = std::max(registers[index + i], static_cast<uint8_t>(run.value));
      }
    }
    index += run.length;
    at += run.bytes;
  }
  return index == kRegisters;
}

// [task 2.7] Tell which runs must change for a register to rise.
SparseChange raise_sparse(std::string_view runs, Place place) {
  SparseChange change;
  if (place.rank > kMaxSparseRank) {
    change.kind = SparseChange::Kind::kTooHigh;
    return change;
  }
  unsigned first = 0;  // register of the run at `at`
  Run run{};
  for (; change.at < runs.size(); change.at += run.bytes) {
    run = read_run(runs, change.at);
    if (place.index < first + run.length) break;
    first += run.length;
    change.from = change.at;
  }
  if (change.at >= runs.size()) {
    change.kind = SparseChange::Kind::kCorrupt;
    return change;
  }
  if (run.value >= place.rank) return change;
  change.kind = SparseChange::Kind::kReplace;
  change.old_bytes = run.bytes;
  append_run(change, run.value, place.index - first);
  append_run(change, place.rank, 1);
  append_run(change, run.value, first + run.length - 1 - place.index);
  return change;
}

size_t join_runs(char* runs, size_t size, size_t from) {
  size_t at = from;
  for (int i = 0; i < kJoinedRuns && at < size; i++) {
    Run run = read_run({runs, size}, at);
    if (run.value > 0 && at + 1 < size && is_value(runs[at + 1])) {
      Run next = read_run({runs, size}, at + 1);
      if (run.value == next.value && run.length + next.length <= kMaxValueLength) {
        runs[at] = value_run(run.value, run.length + next.length);
        std::memmove(runs + at + 1, runs + at + 2, size - at - 2);
        size--;
        continue;  // the joined run may have another equal neighbour
      }
    }
    at += run.bytes;
  }
  return size;
}

std::string describe_sparse(std::string_view runs) {
  std::string text;
  for (size_t at = 0; at < runs.size();) {
    Run run = read_run(runs, at);
    if (!text.empty()) text += ' ';
    if (run.value > 0) {
      fmt::format_to(std::back_inserter(text), "v:{},{}", run.value, run.length);
    } else {
      fmt::format_to(std::back_inserter(text), "{}:{}", static_cast<uint8_t>(runs[at]) < 0x40 ? 'z' : 'Z', run.length);
    }
    at += run.bytes;
  }
  return text;
}

}  // namespace strata::db::hll
