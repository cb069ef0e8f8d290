// Glob patterns as KEYS, SCAN MATCH, PSUBSCRIBE and CONFIG GET use them. Bytes, not characters; no special
// '/' or '.'.
//
//   *        any run of bytes, also an empty one (but no pattern except the empty one matches an empty text)
//   ?        any one byte
//   [ab-d]   one of a set; ranges may be written backwards; [^...] negates; an unterminated set ends with the
//   pattern \x       the byte x itself, inside a set too; a backslash that ends the pattern stands for itself
//
// Cost: at most |pattern| * |text| steps whatever the pattern, so a hostile pattern cannot hang the server,
// and no recursion, so it cannot exhaust the stack.
#pragma once

#include <string_view>

namespace strata {

[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text, bool nocase = false);

}  // namespace strata
