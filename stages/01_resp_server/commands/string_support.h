// Shared by the string commands: the options of SET and GETEX, answering a value, the length limit.
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/commands/support.h"
#include "01_resp_server/db/string_value.h"

namespace strata::resp {

// Options of SET and GETEX, as given: [NX|XX] [GET] [EX s|PX ms|EXAT s|PXAT ms|KEEPTTL|PERSIST].
struct StringOptions {
  enum class Expire : uint8_t { kNone, kEx, kPx, kExAt, kPxAt, kKeep, kPersist };
  bool nx = false;
  bool xx = false;
  bool get = false;
  Expire expire = Expire::kNone;
  std::string_view amount;  // of EX .. PXAT

  bool has_amount() const { return expire >= Expire::kEx && expire <= Expire::kPxAt; }
  bool absolute() const { return expire == Expire::kExAt || expire == Expire::kPxAt; }
};

// Reads the options from args[first] on; answers a syntax error and returns false where they do not fit together.
bool read_string_options(Client& client, Args args, size_t first, bool for_getex, StringOptions* out);

// The Unix time in ms that an expire option asks for; answers the error and returns false when it is none.
bool expiry_time(Client& client, std::string_view amount, bool seconds, bool absolute, int64_t* when_ms);

// Answers a string entry.
void reply_string(Client& client, const db::Entry& entry);
// Answers the string at `key` or null; false after a wrong-type error. The lookup counts as a read.
bool reply_string_at(Client& client, std::string_view key, db::Ref* found = nullptr);

// False (after the error) when a string of `size` + `more` bytes would be too long (proto-max-bulk-len).
bool length_allowed(Client& client, uint64_t size, uint64_t more);

// The received buffer of a big value, to be kept as it is, in a command whose arguments are pairs from `name_at` on: a
// name and its value. Null for a smaller value, and where the same name is stored once more further on: that would free
// the buffer, and `args`, which SLOWLOG reads after the command, refers to it.
BigBulk buffer_of_pair(Client& client, Args args, size_t name_at);

// INCRBYFLOAT, LCS: files of their own.
void incrbyfloat_command(Client& client, Args args);
void lcs_command(Client& client, Args args);

}  // namespace strata::resp
