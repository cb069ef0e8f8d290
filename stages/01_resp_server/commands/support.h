// What nearly every command on keys needs: the client's database, the common errors, arguments as numbers.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/client.h"
#include "01_resp_server/server/server.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

inline constexpr std::string_view kWrongTypeError = "WRONGTYPE Operation against a key holding the wrong kind of value";
inline constexpr std::string_view kSyntaxError = "ERR syntax error";
inline constexpr std::string_view kNotIntegerError = "ERR value is not an integer or out of range";
inline constexpr std::string_view kNotFloatError = "ERR value is not a valid float";
inline constexpr std::string_view kNoSuchKeyError = "ERR no such key";
inline constexpr std::string_view kDbIndexError = "ERR DB index is out of range";
inline constexpr std::string_view kSameObjectError = "ERR source and destination objects are the same";

inline db::Keyspace& keyspace_of(Client& client) { return client.server.get<db::Keyspace>(); }
inline db::Database& database_of(Client& client) { return keyspace_of(client).db(client.db); }

// Each of these answers the error itself and returns false when the argument will not do.
inline bool integer_argument(Client& client, std::string_view text, int64_t* out,
                             std::string_view error = kNotIntegerError) {
  if (parse_int64(text, out)) return true;
  client.reply.error(error);
  return false;
}

// `error`, when given, stands for both: no integer, and one that is too large.
inline bool int_argument(Client& client, std::string_view text, int* out, std::string_view error = {}) {
  int64_t wide = 0;
  if (!integer_argument(client, text, &wide, error.empty() ? kNotIntegerError : error)) return false;
  if (wide < std::numeric_limits<int>::min() || wide > std::numeric_limits<int>::max()) {
    client.reply.error(error.empty() ? "ERR value is out of range, value must between -2147483648 and 2147483647"
                                     : error);
    return false;
  }
  *out = static_cast<int>(wide);
  return true;
}

// True when `ref` is empty or a value of `type`.
inline bool of_type(Client& client, const db::Ref& ref, db::ValueType type) {
  if (!ref || ref->type() == type) return true;
  client.reply.error(kWrongTypeError);
  return false;
}

}  // namespace strata::resp
