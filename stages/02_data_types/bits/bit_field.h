// Integers of any width at any bit of a string, as BITFIELD sees them: big-endian, bit 0 the highest of the first byte.
//
//   bytes   0        1        2                 u5 at bit 6: bits 6 .. 10
//   bits    01234567 89abcdef ...
//                 [-----]
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace strata::db {

__extension__ using int128 = __int128;

struct FieldType {
  bool is_signed = false;
  unsigned width = 0;  // 1 .. 64, without a sign 1 .. 63
};

// "i16", "u8": false when it is none.
bool parse_field_type(std::string_view text, FieldType* type);

// Bits beyond the end of the string are 0.
int64_t load_field(std::string_view bytes, uint64_t offset, FieldType type);
// The field must lie within the string. Bits of the value above the width are dropped.
void store_field(char* bytes, uint64_t offset, FieldType type, int64_t value);

enum class Overflow : uint8_t { kWrap, kSaturate, kFail };

// What becomes of a result in a field of this type; nothing when it does not fit and is not to be stored.
std::optional<int64_t> fit_field(FieldType type, int128 exact, Overflow overflow);

}  // namespace strata::db
