// The form in which DUMP hands out a value and RESTORE takes it:
//
//   [TypeId: 1][value, as in a snapshot][RDB version: 2 LE][CRC-64 of all before it: 8 LE]
//
// The checksum is always there, and zero is no wildcard.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "03_rdb_snapshot/values/value_codec.h"

namespace strata::rdb {

std::string dump_value(const ValueCodecs& codecs, const Entry& entry, bool compress);

// What stands in front of the footer, if version and checksum are right.
std::optional<std::string_view> check_payload(std::string_view payload, bool check_sum = true);

}  // namespace strata::rdb
