// Strings as values: which layout a string gets, how it is read back, how it grows.
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/db/database.h"
#include "01_resp_server/db/entry.h"
#include "01_resp_server/db/types.h"

namespace strata::db {

inline constexpr size_t kEmbstrLimit = 44;  // OBJECT ENCODING: embstr up to here, raw beyond

// The bytes of a string entry. A number is formatted into `scratch` (at least 24 bytes).
std::string_view string_bytes(const Entry& entry, char* scratch);
size_t string_length(const Entry& entry);

// The value and layout of a shape for these bytes: a number where the text is exactly one, embedded where it is short,
// a RawString otherwise (`adopt` when given, a copy when not).
void shape_string(Entry::Shape& shape, std::string_view bytes, resp::BigBulk adopt = nullptr);

// The same for a string that was changed in place: never a number, always shown as raw.
void shape_raw(Entry::Shape& shape, std::string_view bytes);

// Makes a string entry one of `length` bytes that may be written in place: keeps what it held, adds zero bytes. Growth
// is generous, so that appending byte by byte stays linear. The entry may be rebuilt.
Ref make_raw(Database& database, Ref ref, size_t length);
char* raw_bytes(Entry& entry);  // of an entry that make_raw made

TypeRow string_type();

}  // namespace strata::db
