#include "02_data_types/blocking/timeout.h"

#include <algorithm>
#include <cmath>

#include "01_resp_server/server/client.h"
#include "common/numbers.h"

namespace strata::db {

// [task 2.12] Read a timeout.
bool read_timeout(resp::Client& client, std::string_view text, int64_t* out_ms) {
  constexpr int64_t kCentury = 100ll * 366 * 24 * 3600 * 1000;  // longer than anybody waits, short enough to count with
  constexpr long double kBeyond = 9223372036854775808.0L;
  long double ms = 0;
  if (!parse_long_double(text, &ms)) {
    client.reply.error("ERR timeout is not a float or out of range");
    return false;
  }
  ms = std::ceil(ms * 1000);
  if (ms < 0 || ms >= kBeyond) {  // what does not fit into 64 bits is negative for Redis
    client.reply.error("ERR timeout is negative");
    return false;
  }
  *out_ms = std::min(static_cast<int64_t>(ms), kCentury);
  return true;
}

}  // namespace strata::db
