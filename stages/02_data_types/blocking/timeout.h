// The timeout of a blocking command: seconds, with fractions.
#pragma once

#include <cstdint>
#include <string_view>

namespace strata::resp {
class Client;
}

namespace strata::db {

// In milliseconds, rounded up; 0 means forever. Answers the error itself and returns false.
bool read_timeout(resp::Client& client, std::string_view text, int64_t* out_ms);

}  // namespace strata::db
