// Any bytes: what validate() accepts can be walked, and has as many pairs as it says.
#include "03_rdb_snapshot/legacy/zipmap.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using strata::rdb::Zipmap;
  std::span<const uint8_t> bytes(data, size);
  if (!Zipmap::validate(bytes)) return 0;
  size_t walked = 0;
  Zipmap(bytes).each([&](std::string_view field, std::string_view value) {
    // Each pair lies inside, its field before its value.
    if (field.data() < reinterpret_cast<const char*>(data)) std::abort();
    if (field.data() + field.size() > value.data()) std::abort();
    if (value.data() + value.size() > reinterpret_cast<const char*>(data + size)) std::abort();
    walked++;
  });
  if (walked != Zipmap(bytes).count()) std::abort();
  return 0;
}
