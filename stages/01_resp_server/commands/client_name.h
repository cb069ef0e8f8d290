// The name that a client gives its connection, by CLIENT SETNAME or HELLO ... SETNAME.
#pragma once

#include <string_view>

#include "01_resp_server/server/client.h"

namespace strata::resp {

inline constexpr std::string_view kBadClientName =
    "ERR Client names cannot contain spaces, newlines or special characters.";

// Printable ASCII without spaces, so that a line of CLIENT LIST stays one line of space-separated fields.
inline bool is_client_name(std::string_view name) {
  for (char c : name) {
    if (c < '!' || c > '~') return false;
  }
  return true;
}

}  // namespace strata::resp
