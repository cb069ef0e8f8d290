#include "08_cluster/slots/key_slot.h"

#include <array>

namespace strata::cluster {

namespace {

constexpr std::array<uint16_t, 256> make_table() {
  std::array<uint16_t, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
    table[byte] = static_cast<uint16_t>(crc);
  }
  return table;
}

constexpr std::array<uint16_t, 256> kTable = make_table();

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
  uint16_t crc = 0;
  for (char c : bytes) crc = static_cast<uint16_t>((crc << 8) ^ kTable[(crc >> 8) ^ static_cast<uint8_t>(c)]);
  return crc;
}

// [task 8.1] The slot of a key, by its hash tag if it has one.
int key_slot(std::string_view key) { return crc16(hashed_part(key)) & (kSlots - 1); }

}  // namespace strata::cluster
