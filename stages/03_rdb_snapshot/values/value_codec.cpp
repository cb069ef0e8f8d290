#include "03_rdb_snapshot/values/value_codec.h"

#include "03_rdb_snapshot/families.h"
#include "03_rdb_snapshot/snapshot/aux_fields.h"

namespace strata::rdb {

Loaded ValueCodecs::load(RdbReader& in, uint8_t type, const LoadRules& rules, Entry::Shape* out) const {
  if (type < kTypeIds && loads_[type] != nullptr) return loads_[type](in, static_cast<TypeId>(type), rules, out);
  if (type == kStreamType || type == kStream2Type) {
    in.fail("stream values are not supported (type {})", type);
  } else if (type == kModuleType || type == kModulePreviewType) {
    in.fail("values of modules are not supported (type {})", type);
  } else {
    in.fail("Unknown RDB encoding type {}", type);
  }
  return Loaded::kBroken;
}

void install_value_codecs(Server& server) {
  auto& codecs = server.own<ValueCodecs>();
  add_string_codec(codecs);
  add_list_codec(codecs);
  add_set_codec(codecs);
  add_hash_codec(codecs);
  add_sorted_set_codec(codecs);
  server.own<AuxFields>();
}

}  // namespace strata::rdb
