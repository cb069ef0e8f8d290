#include "08_cluster/slots/key_slot.h"

#include <array>

namespace strata::cluster {

namespace {

// kTables[n][byte] is the checksum of a byte with n zeros behind it. The checksum of eight bytes is the sum (^) of what each
// of them adds, and these are eight lookups that do not wait for each other ("slicing by 8").
constexpr size_t kSlice = 8;
using Tables = std::array<std::array<uint16_t, 256>, kSlice>;

constexpr uint16_t next(const Tables& tables, uint16_t crc, uint8_t byte) {
  return static_cast<uint16_t>((crc << 8) ^ tables[0][(crc >> 8) ^ byte]);
}

constexpr Tables make_tables() {
  Tables tables{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
    tables[0][byte] = static_cast<uint16_t>(crc);
  }
  for (size_t n = 1; n < kSlice; ++n) {
    for (size_t byte = 0; byte < 256; ++byte) tables[n][byte] = next(tables, tables[n - 1][byte], 0);
  }
  return tables;
}

constexpr Tables kTables = make_tables();

std::string_view hashed_part(std::string_view key) {
  const size_t open = key.find('{');
  if (open == std::string_view::npos) return key;
  const size_t close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

}  // namespace

// [task 8.1] CRC-16 of some bytes.
uint16_t crc16(std::string_view bytes) {
  const auto* at = reinterpret_cast<const uint8_t*>(bytes.data());
  const uint8_t* const end = at + bytes.size();
  uint16_t crc = 0;
  for (; end - at >= static_cast<ptrdiff_t>(kSlice); at += kSlice) {
    const uint16_t first = kTables[7][at[0] ^ (crc >> 8)] ^ kTables[6][at[1] ^ (crc & 0xff)];
    crc = first ^ kTables[5][at[2]] ^ kTables[4][at[3]] ^ kTables[3][at[4]] ^ kTables[2][at[5]] ^ kTables[1][at[6]] ^
          kTables[0][at[7]];
  }
  for (; at < end; ++at) crc = next(kTables, crc, *at);
  return crc;
}

// [task 8.1] The slot of a key, by its hash tag if it has one.
int key_slot(std::string_view key) { return crc16(hashed_part(key)) & (kSlots - 1); }

}  // namespace strata::cluster
