#include "03_rdb_snapshot/format/opcodes.h"

namespace strata::rdb {

std::string_view type_id_name(uint8_t type) {
  static constexpr std::string_view kNames[kTypeIds] = {
      "string",       "list-linked",    "set-hashtable",
      "zset-v1",      "hash-hashtable", "zset-v2",
      "module-value", "module-value",   "",
      "hash-zipmap",  "list-ziplist",   "set-intset",
      "zset-ziplist", "hash-ziplist",   "quicklist",
      "stream",       "hash-listpack",  "zset-listpack",
      "quicklist-v2", "stream-v2",
  };
  return type < kTypeIds ? kNames[type] : std::string_view();
}

}  // namespace strata::rdb
