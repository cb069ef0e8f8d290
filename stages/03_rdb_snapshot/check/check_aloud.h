// Checks an image and prints, while it goes, the lines that redis-check-rdb prints and scripts look at:
//
//   [offset 0] Checking RDB file dump.rdb
//   [offset 27] AUX FIELD redis-ver = '7.0.15'
//   ...
//   [offset 118] \o/ RDB looks OK! \o/            or: --- RDB ERROR DETECTED --- and where, in which key, doing what
//   [info] 2 keys read
#pragma once

#include <string_view>

#include "03_rdb_snapshot/check/rdb_checker.h"

namespace strata::rdb {

// To standard output. `name` is for the first line; the rest is as for check_image().
CheckReport check_aloud(resp::Server& server, RdbReader& in, std::string_view name);

}  // namespace strata::rdb
