#include "02_data_types/bits/bit_field.h"

#include <algorithm>

#include "common/numbers.h"

namespace strata::db {

namespace {

// A field of 64 bits that begins inside a byte touches nine bytes.
__extension__ using Window = unsigned __int128;

unsigned bytes_touched(uint64_t offset, unsigned width) { return static_cast<unsigned>((offset % 8 + width + 7) / 8); }

uint64_t ones(unsigned width) { return ~uint64_t{0} >> (64 - width); }

// The lowest `width` bits as a number of the type.
int64_t extend(FieldType type, uint64_t bits) {
  unsigned unused = 64 - type.width;
  if (type.is_signed) return static_cast<int64_t>(bits << unused) >> unused;
  return static_cast<int64_t>(bits & ones(type.width));
}

}  // namespace

bool parse_field_type(std::string_view text, FieldType* type) {
  if (text.empty() || (text[0] != 'i' && text[0] != 'u')) return false;
  type->is_signed = text[0] == 'i';
  int64_t width = 0;
  if (!parse_int64(text.substr(1), &width) || width < 1 || width > (type->is_signed ? 64 : 63)) return false;
  type->width = static_cast<unsigned>(width);
  return true;
}

// [task 2.7] Read an integer of any width at any bit.
int64_t load_field(std::string_view bytes, uint64_t offset, FieldType type) {
  size_t at = offset / 8;
  unsigned touched = bytes_touched(offset, type.width);
  Window window = 0;
  for (unsigned i = 0; i < touched; i++) {
    window = window << 8 | (at + i < bytes.size() ? static_cast<uint8_t>(bytes[at + i]) : 0u);
  }
  auto behind = static_cast<unsigned>(touched * 8 - offset % 8 - type.width);
  return extend(type, static_cast<uint64_t>(window >> behind));
}

// [task 2.7] Write an integer of any width at any bit.
void store_field(char* bytes, uint64_t offset, FieldType type, int64_t value) {
  char* at = bytes + offset / 8;
  unsigned touched = bytes_touched(offset, type.width);
  auto behind = static_cast<unsigned>(touched * 8 - offset % 8 - type.width);
  Window mask = static_cast<Window>(ones(type.width)) << behind;
  Window window = static_cast<Window>(static_cast<uint64_t>(value)) << behind & mask;
  for (unsigned i = touched; i-- > 0; window >>= 8, mask >>= 8) {
    at[i] =
        static_cast<char>((static_cast<uint8_t>(at[i]) & ~static_cast<uint8_t>(mask)) | static_cast<uint8_t>(window));
  }
}

std::optional<int64_t> fit_field(FieldType type, int128 exact, Overflow overflow) {
  int128 most = type.is_signed ? ones(type.width) >> 1 : ones(type.width);
  int128 least = type.is_signed ? -most - 1 : 0;
  if (exact >= least && exact <= most) return static_cast<int64_t>(exact);
  if (overflow == Overflow::kFail) return {};
  if (overflow == Overflow::kSaturate) return static_cast<int64_t>(exact > most ? most : least);
  return extend(type, static_cast<uint64_t>(exact));
}

}  // namespace strata::db
