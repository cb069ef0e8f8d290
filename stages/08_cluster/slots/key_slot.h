// Which hash slot a key belongs to: CRC-16 of the key, modulo 16384.
//
//   user:1000              all of it is hashed
//   {user:1000}.followers  only what stands between the first { and the first } behind it, if that is not empty: keys
//                          with the same hash tag share a slot, so one command may name them together
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/db/database.h"
#include "08_cluster/slots/slot_set.h"

namespace strata::cluster {

// CRC-16/XMODEM: polynomial 0x1021, initial value 0, nothing reflected. crc16("123456789") is 0x31c3.
uint16_t crc16(std::string_view bytes);

int key_slot(std::string_view key);

// Gives every slot a table of its own: its keys can be counted, listed and dropped without a look at any other.
class SlotPartitioner final : public db::Partitioner {
 public:
  size_t tables() const override { return kSlots; }
  size_t table_of(std::string_view key) const override { return static_cast<size_t>(key_slot(key)); }
};

}  // namespace strata::cluster
