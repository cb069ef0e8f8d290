// Hashes: the type's row, its options, its commands.
#include "01_resp_server/server/server.h"
#include "02_data_types/commands/hash_commands.h"
#include "02_data_types/families.h"
#include "02_data_types/lazyfree/lazy_free.h"

namespace strata::db {

void install_hashes(Server& server) {
  server.get<Keyspace>().types[ValueType::kHash] = hash_type();
  server.get<LazyFree>().row(ValueType::kHash) = lazy_free_row<HashValue>();

  auto& limits = server.own<HashLimits>();
  server.config.integer("hash-max-listpack-entries", &limits.max_listpack_entries, 512, 0, resp::Config::kNoMaximum,
                        "fields up to which a hash is a listpack", {.alias = "hash-max-ziplist-entries"});
  server.config.memory("hash-max-listpack-value", &limits.max_listpack_value, 64, 0, resp::Config::kNoMaximum,
                       "bytes of a field or value up to which a hash is a listpack",
                       {.alias = "hash-max-ziplist-value"});

  install_hash_readers(server);
  install_hash_writers(server);
}

}  // namespace strata::db
