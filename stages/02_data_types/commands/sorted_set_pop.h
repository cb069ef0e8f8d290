// Popping from sorted sets: what ZPOPMIN, ZPOPMAX and ZMPOP share with the commands that wait for members to come.
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/commands/support.h"

namespace strata::resp {

enum class PopEnd : uint8_t { kLowest, kHighest };

enum class PopReply : uint8_t {
  kFlat,      // member, score, member, score, ...         ZPOPMIN
  kPairs,     // [member, score], [member, score], ...     ZPOPMIN with a count, in RESP3
  kKeyFlat,   // key, member, score                        BZPOPMIN
  kKeyPairs,  // key, [[member, score], ...]               ZMPOP, BZMPOP
};

// Takes up to `count` (> 0) members out of the sorted set `ref` at `key`, answers them to `to` and tells, also how to
// replay it where the form with the key in front was asked for. `to` need not be the client whose command is running.
void pop_members(Client& to, db::Database& database, db::Ref ref, std::string_view key, PopEnd end, size_t count,
                 PopReply form);

// numkeys key [key ...] MIN|MAX [COUNT count], as ZMPOP and BZMPOP have it.
struct MultiPop {
  Args keys;
  PopEnd end = PopEnd::kLowest;
  size_t count = 1;
};
// Reads it from args[at] on. Answers the error itself and returns false.
bool read_multi_pop(Client& client, Args args, size_t at, MultiPop* out);

// The first of the keys that exists, with its Ref (empty: none does). False, after the error, when it holds something
// else than a sorted set.
bool first_sorted_set(Client& client, Args keys, std::string_view* key, db::Ref* ref);

}  // namespace strata::resp
