// The arguments that SCAN shares with the scans of collections in later stages.
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/commands/support.h"

namespace strata::resp {

struct ScanOptions {
  int64_t count = 10;  // elements to look at, roughly
  std::string_view pattern = {};
  bool match_all = true;
  std::string_view type = {};  // SCAN only
};

// Both answer the error themselves and return false.
bool read_cursor(Client& client, std::string_view text, uint64_t* cursor);
bool read_scan_options(Client& client, Args args, size_t first, bool with_type, ScanOptions* out);

}  // namespace strata::resp
