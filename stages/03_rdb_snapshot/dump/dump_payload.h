// The form in which DUMP hands out a value and RESTORE takes it:
//
//   [TypeId: 1][value, as in a snapshot][RDB version: 2 LE][CRC-64 of all before it: 8 LE]
//
// The checksum is always there, and zero is no wildcard.
#pragma once

#include <string>
#include <string_view>

#include "03_rdb_snapshot/values/value_codec.h"

namespace strata::rdb {

std::string dump_value(const ValueCodecs& codecs, const Entry& entry, bool compress);

// The payload whose contents these are: version and checksum are put behind them.
std::string sealed_payload(std::string contents);

// Are version and checksum right? Then `value` is what stands in front of them.
bool check_payload(std::string_view payload, bool check_sum, std::string_view* value);

}  // namespace strata::rdb
