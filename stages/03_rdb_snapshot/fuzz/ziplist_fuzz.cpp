// Any bytes: what validate() accepts can be walked, and has as many elements as it says.
#include "03_rdb_snapshot/legacy/ziplist.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using strata::db::Element;
  using strata::rdb::Ziplist;
  std::span<const uint8_t> bytes(data, size);
  if (!Ziplist::validate(bytes)) return 0;
  size_t walked = 0;
  Ziplist(bytes).each([&](const Element& element) {
    // A text lies inside.
    auto* first = reinterpret_cast<const uint8_t*>(element.text.data());
    if (!element.is_number && (first < data || first + element.text.size() > data + size)) std::abort();
    walked++;
  });
  if (walked != Ziplist(bytes).count()) std::abort();
  return 0;
}
