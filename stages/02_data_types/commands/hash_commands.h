// Shared by the files of the hash commands.
#pragma once

#include <optional>
#include <string_view>

#include "01_resp_server/commands/support.h"
#include "02_data_types/values/hash_value.h"

namespace strata::db {

using resp::Args;
using resp::Client;
using resp::database_of;
using resp::keyspace_of;

// The hash at `key` for a reader, which counts as a read. False after the answer to a wrong type; an empty `hash` means
// that there is no such key.
// [task 2.1] Look up a hash for a reader.
inline bool read_hash(Client& client, std::string_view key, std::optional<HashValue>& hash) {
  Ref ref = database_of(client).read(key);
  if (!resp::of_type(client, ref, ValueType::kHash)) return false;
  if (ref) hash.emplace(*ref);
  return true;
}

// HRANDFIELD (hash_random.cpp)
void hrandfield_command(Client& client, Args args);

void install_hash_readers(resp::Server& server);  // hash_get_commands.cpp
void install_hash_writers(resp::Server& server);  // hash_set_commands.cpp

}  // namespace strata::db
