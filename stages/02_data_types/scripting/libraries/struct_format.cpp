#include "02_data_types/scripting/libraries/struct_format.h"

#include <bit>
#include <climits>
#include <cstring>

namespace strata::script {

namespace {

constexpr size_t kLargestInteger = 32;
constexpr size_t kNaturalAlignment = alignof(double);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool StructFormat::is_integer(char letter) { return letter != '\0' && std::strchr("bBhHlLTiI", letter) != nullptr; }

size_t StructFormat::number(size_t fallback) {
  if (!is_digit(*at_)) return fallback;
  size_t value = 0;
  while (is_digit(*at_)) {
    const auto digit = static_cast<size_t>(*at_++ - '0');
    if (value > (INT_MAX - digit) / 10) luaL_error(lua_, "integral size overflow");
    value = value * 10 + digit;
  }
  return value;
}

size_t StructFormat::size_of(char letter) {
  switch (letter) {
    case 'b':
    case 'B':
    case 'x':
      return 1;
    case 'h':
    case 'H':
      return sizeof(short);
    case 'l':
    case 'L':
      return sizeof(long);
    case 'T':
      return sizeof(size_t);
    case 'f':
      return sizeof(float);
    case 'd':
      return sizeof(double);
    case 'c':
      return number(1);
    case 'i':
    case 'I': {
      const size_t size = number(sizeof(int));
      if (size > kLargestInteger) {
        luaL_error(lua_, "integral size %d is larger than limit of %d", static_cast<int>(size),
                   static_cast<int>(kLargestInteger));
      }
      return size;
    }
    default:
      return 0;
  }
}

void StructFormat::set_alignment() {
  const size_t wanted = number(kNaturalAlignment);
  if (!std::has_single_bit(wanted)) luaL_error(lua_, "alignment %d is not a power of 2", static_cast<int>(wanted));
  alignment_ = wanted;
}

StructFormat::Option StructFormat::next(size_t position) {
  const char letter = *at_++;
  switch (letter) {
    case '<':
      little_ = true;
      return {letter, 0, 0};
    case '>':
      little_ = false;
      return {letter, 0, 0};
    case '!':
      set_alignment();
      return {letter, 0, 0};
    case ' ':
    case 's':
      return {letter, 0, 0};
    default:
      break;
  }
  if (!is_integer(letter) && std::strchr("fdcx", letter) == nullptr) {
    luaL_argerror(lua_, 1, lua_pushfstring(lua_, "invalid format option '%c'", letter));
  }
  const size_t size = size_of(letter);
  const bool aligned = letter != 'c' && letter != 'x' && size > 1 && alignment_ > 1;
  if (!aligned) return {letter, size, 0};
  const size_t boundary = size < alignment_ ? size : alignment_;
  return {letter, size, (boundary - (position & (boundary - 1))) & (boundary - 1)};
}

}  // namespace strata::script
