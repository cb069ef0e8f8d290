// How one element of a listpack is written and read (the table is in listpack.h). Nothing here checks bounds: the bytes
// were made by this code or accepted by Listpack::validate.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "02_data_types/values/element.h"

namespace strata::db::listpack_element {

inline constexpr uint8_t kTerminator = 0xff;
inline constexpr size_t kMaxBackLength = 5;
inline constexpr size_t kMaxPrefix = 9;  // encoding byte and number, or encoding byte and string length

template <class T>
T load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// A signed number of `bits` bits in the low end of `raw`.
constexpr int64_t sign_extend(uint64_t raw, int bits) {
  return static_cast<int64_t>(raw << (64 - bits)) >> (64 - bits);
}

// Bytes of an element's encoding and data, without its length at the end.
inline size_t data_bytes(const uint8_t* at) {
  uint8_t first = at[0];
  if (first < 0x80) return 1;
  if (first < 0xc0) return 1 + (first & 0x3fu);
  if (first < 0xe0) return 2;
  if (first < 0xf0) return 2 + ((first & 0x0fu) << 8 | at[1]);
  switch (first) {
    case 0xf0:
      return 5 + static_cast<size_t>(load<uint32_t>(at + 1));
    case 0xf1:
      return 3;
    case 0xf2:
      return 4;
    case 0xf3:
      return 5;
    default:
      return 9;
  }
}

// Bytes that the length at the end takes. Its steps are one below the powers of 128 from the second on: so has the
// format it.
constexpr size_t back_length_bytes(size_t data) {
  if (data <= 127) return 1;
  if (data < (1u << 14) - 1) return 2;
  if (data < (1u << 21) - 1) return 3;
  if (data < (1u << 28) - 1) return 4;
  return 5;
}

inline void write_back_length(uint8_t* at, size_t data) {
  size_t n = back_length_bytes(data);
  for (size_t i = n; i-- > 0; data >>= 7) at[i] = static_cast<uint8_t>((data & 127) | (i > 0 ? 128 : 0));
}

// Reads the length that ends just before `end`; 0 when it is longer than any length is.
inline size_t read_back_length(const uint8_t* end) {
  size_t data = 0;
  for (size_t i = 0; i < kMaxBackLength; i++) {
    uint8_t byte = *--end;
    data |= static_cast<size_t>(byte & 127) << (7 * i);
    if ((byte & 128) == 0) return data;
  }
  return 0;
}

inline Element read(const uint8_t* at) {
  uint8_t first = at[0];
  auto text = [](const uint8_t* bytes, size_t n) {
    return Element::of(std::string_view(reinterpret_cast<const char*>(bytes), n));
  };
  if (first < 0x80) return Element::of(static_cast<int64_t>(first));
  if (first < 0xc0) return text(at + 1, first & 0x3fu);
  if (first < 0xe0) return Element::of(sign_extend((first & 0x1fu) << 8 | at[1], 13));
  if (first < 0xf0) return text(at + 2, (first & 0x0fu) << 8 | at[1]);
  switch (first) {
    case 0xf0:
      return text(at + 5, load<uint32_t>(at + 1));
    case 0xf1:
      return Element::of(static_cast<int64_t>(load<int16_t>(at + 1)));
    case 0xf2:
      return Element::of(sign_extend(load<uint16_t>(at + 1) | static_cast<uint64_t>(at[3]) << 16, 24));
    case 0xf3:
      return Element::of(static_cast<int64_t>(load<int32_t>(at + 1)));
    default:
      return Element::of(load<int64_t>(at + 1));
  }
}

// What goes before a string's bytes; returns its length.
inline size_t write_string_prefix(uint8_t* to, size_t length) {
  if (length < 64) {
    to[0] = static_cast<uint8_t>(0x80 | length);
    return 1;
  }
  if (length < 4096) {
    to[0] = static_cast<uint8_t>(0xe0 | length >> 8);
    to[1] = static_cast<uint8_t>(length);
    return 2;
  }
  to[0] = 0xf0;
  auto wide = static_cast<uint32_t>(length);
  std::memcpy(to + 1, &wide, sizeof wide);
  return 5;
}

constexpr size_t string_prefix_bytes(size_t length) { return length < 64 ? 1 : length < 4096 ? 2 : 5; }

// A number with its encoding byte, in the smallest form that holds it; returns the length, at most kMaxPrefix.
inline size_t write_number(uint8_t* to, int64_t number) {
  auto fits = [number](int bits) { return number == sign_extend(static_cast<uint64_t>(number), bits); };
  auto store = [to, number](uint8_t encoding, size_t bytes) {
    to[0] = encoding;
    std::memcpy(to + 1, &number, bytes);
    return 1 + bytes;
  };
  if (number >= 0 && number <= 127) {
    to[0] = static_cast<uint8_t>(number);
    return 1;
  }
  if (fits(13)) {
    to[0] = static_cast<uint8_t>(0xc0 | ((number >> 8) & 0x1f));
    to[1] = static_cast<uint8_t>(number);
    return 2;
  }
  if (fits(16)) return store(0xf1, 2);
  if (fits(24)) return store(0xf2, 3);
  if (fits(32)) return store(0xf3, 4);
  return store(0xf4, 8);
}

}  // namespace strata::db::listpack_element
