// Any bytes: what validate() accepts can be asked and changed; what the deep check accepts stays a sorted set meanwhile.
//
// Run: build/fuzz/intset_fuzz -max_len=200 -max_total_time=60 CORPUS_FOLDER
#include "02_data_types/encodings/intset.h"

#include <cstddef>
#include <cstdint>

#include "common/assert.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using strata::db::IntSet;
  std::span<const uint8_t> bytes(data, size);
  if (!IntSet::validate(bytes, false)) return 0;
  const bool sorted = IntSet::validate(bytes, true);
  IntSet set = IntSet::copy_of(bytes);
  for (size_t i = 0; i < set.size(); i++) {
    bool found = set.contains(set.at(i));
    STRATA_ASSERT(found || !sorted, "number {} of {} is not found", i, set.size());
  }
  const int64_t middle = set.at(set.size() / 2);
  for (int64_t number : {middle, middle / 2, int64_t{-40000}, int64_t{1} << 40}) {
    bool there = set.contains(number);
    bool removed = set.remove(number);
    bool added = set.add(number);
    STRATA_ASSERT(!sorted || (removed == there && added), "{}: there {} removed {}", number, there, removed);
  }
  STRATA_ASSERT(!sorted || IntSet::validate(set.bytes(), true));
  set.destroy();
  return 0;
}
