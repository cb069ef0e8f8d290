// Any bytes: what validate() accepts can be walked in both directions, changed and stays valid.
#include "02_data_types/encodings/listpack.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using strata::db::Listpack;
  std::span<const uint8_t> bytes(data, size);
  if (!Listpack::validate(bytes, true)) return 0;
  Listpack pack = Listpack::copy_of(bytes);
  size_t forward = 0;
  size_t backward = 0;
  for (auto at = pack.first(); at != Listpack::kNone; at = pack.next(at)) {
    strata::db::Element::Digits digits;
    pack.find(at, pack.get(at).as_text(digits));
    forward++;
  }
  for (auto at = pack.last(); at != Listpack::kNone; at = pack.previous(at)) backward++;
  if (forward != backward || forward != pack.count()) std::abort();
  if (forward > 0) {
    pack.replace(pack.first(), "another text");
    pack.erase(pack.last());
  }
  pack.append("12345");
  if (!Listpack::validate(pack.bytes(), true)) std::abort();
  pack.destroy();
  return 0;
}
