// Slow motion for tests: rdb-key-save-delay and key-load-delay.
#pragma once

#include <unistd.h>

#include <cstdint>

namespace strata::rdb {

// Called after each of `done` keys (or commands). `delay_us` above zero: waits that long; below: a microsecond after every
// -delay_us of them.
inline void pace(int64_t delay_us, uint64_t done) {
  if (delay_us == 0) [[likely]] return;
  if (delay_us > 0) {
    ::usleep(static_cast<useconds_t>(delay_us));
  } else if (done % static_cast<uint64_t>(-delay_us) == 0) {
    ::usleep(1);
  }
}

}  // namespace strata::rdb
