// Database::prefetch: all buckets first, then the entries they name, then what is looked up inside large values, so that the
// waits for memory overlap instead of following each other. A hint: it changes nothing, and may be wrong.
#include <algorithm>

#include "01_resp_server/db/database.h"
#include "01_resp_server/db/keyspace.h"

namespace strata::db {

void Database::prefetch(std::span<const resp::Lookup> lookups) const {
  constexpr size_t kMost = resp::Lookahead::kKeys;
  Hash hashes[kMost];
  const EntryTable* tables[kMost];
  size_t count = std::min(lookups.size(), kMost);
  for (size_t i = 0; i < count; i++) {
    hashes[i] = hash_of(lookups[i].key);
    tables[i] = &table_of(lookups[i].key);
    tables[i]->prefetch_bucket(hashes[i]);
  }
  for (size_t i = 0; i < count; i++) tables[i]->prefetch_items(hashes[i]);
  if (keyspace_.large_values == nullptr || !keyspace_.large_values()) return;

  struct InValue {
    const Entry* entry;
    Hash member;
  };
  InValue inside[kMost];
  size_t members = 0;
  for (size_t i = 0; i < count; i++) {
    if (lookups[i].member.empty()) continue;
    auto at = tables[i]->find(lookups[i].key, hashes[i]);
    if (!at || !at.item()->is_pointer() || keyspace_.types.of(*at.item()).prefetch_bucket == nullptr) continue;
    inside[members] = {at.item(), hash_of(lookups[i].member)};
    keyspace_.types.of(*at.item()).prefetch_bucket(*at.item(), inside[members].member);
    members++;
  }
  for (auto& [entry, member] : std::span(inside, members)) keyspace_.types.of(*entry).prefetch_items(*entry, member);
}

}  // namespace strata::db
