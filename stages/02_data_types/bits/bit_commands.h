// Shared by the bit commands.
#pragma once

#include <string_view>

#include "01_resp_server/commands/support.h"
#include "01_resp_server/db/string_value.h"

namespace strata::db {

using resp::Args;
using resp::Client;

inline constexpr std::string_view kBitOffsetError = "ERR bit offset is not an integer or out of range";

// The number of a bit that a string may have; answers the error when it is none. With a `field_width`, "#3" is the
// bit at which the third field of that width begins, counted from 0.
bool bit_offset_argument(Client& client, std::string_view text, uint64_t* offset, unsigned field_width = 0);

// A string that may be written up to bit `last`, made or lengthened with zeros where needed; `grown` tells which.
// `ref` is what write() found under the key.
Ref writable_bits(Client& client, Ref ref, std::string_view key, uint64_t last, bool* grown);

void bitcount_command(Client& client, Args args);     // bit_count.cpp
void bitpos_command(Client& client, Args args);       // bit_count.cpp
void bitop_command(Client& client, Args args);        // bitop_command.cpp
void bitfield_command(Client& client, Args args);     // bitfield_commands.cpp
void bitfield_ro_command(Client& client, Args args);  // bitfield_commands.cpp
// BITFIELD's key is written or only read, by its operations.
bool find_bitfield_keys(Args args, std::vector<resp::FoundKey>& keys);

}  // namespace strata::db
