// The one user as Redis's CONFIG REWRITE leaves it behind, and as a file that Redis has written is read:
//
//   user default on nopass ~* &* +@all          everybody is let in
//   user default on #<sha-256> ~* &* +@all      64 lower-case hex digits: of the password that AUTH must give
//                   |          '--'--'--------- every key, channel and command
//                   '-------------------------- sanitize-payload or skip-sanitize-payload may stand beside it
//
// Such a line wins over requirepass, wherever it stands. Any other user, and any other set of permissions, is refused:
// whoever wrote it relies on it.
#pragma once

#include <string>
#include <string_view>

#include "01_resp_server/server/config.h"

namespace strata::resp {

// 64 lower-case hex digits.
std::string sha256_hex(std::string_view text);

// `words` without "user". The digest of the password, empty for nopass.
Expected<std::string> read_default_user(const Config::Words& words);
std::string default_user_line(std::string_view digest);

}  // namespace strata::resp
