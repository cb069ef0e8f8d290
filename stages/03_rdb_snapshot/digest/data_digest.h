// The fingerprint of a value and of all data: equal exactly when two servers hold the same, whatever the encodings and
// the order in which things were put there. Computed as Redis 7.0 does, so that either of the two may be a Redis.
//
//   value       mix(type), then by type
//     string       mix(bytes)
//     list         mix(element) in order
//     set          add(member)
//     sorted set   add(the digest of: mix(member), mix(score as %.17g))
//     hash         add(the digest of: mix(field), mix(value))
//               and add("!!expire!!") when the key expires, whenever that is
//   all data    for each database that is not empty: mix(its number), then for each key
//     key          add(the digest of: mix(name), then the value's as above)
//
// Numbers of types and databases are mixed as four bytes. Keys that have expired and are still in memory count.
#pragma once

#include "01_resp_server/db/keyspace.h"
#include "03_rdb_snapshot/digest/digest.h"

namespace strata::rdb {

Digest digest_of_value(const db::Entry& entry);

// Everything is read: O(bytes).
Digest digest_of_data(db::Keyspace& keyspace);

}  // namespace strata::rdb
