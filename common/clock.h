// Time. mono_* never goes backwards and measures durations and timers; wall_* is what users see (TTLs, logs,
// TIME).
//
// Every function is one vDSO call, about 20 ns. The data path still asks once per event loop turn and passes
// the answer around, so that all commands of a turn agree on what has expired.
#pragma once

#include <ctime>

#include <cstdint>

namespace strata {

namespace clock_detail {
inline int64_t read_ns(clockid_t id) {
  timespec ts;
  clock_gettime(id, &ts);  // cannot fail for the clocks used here
  return int64_t{ts.tv_sec} * 1'000'000'000 + ts.tv_nsec;
}
}  // namespace clock_detail

// Since an arbitrary point (boot), stopped while the machine sleeps.
inline int64_t mono_ns() { return clock_detail::read_ns(CLOCK_MONOTONIC); }
inline int64_t mono_us() { return mono_ns() / 1000; }
inline int64_t mono_ms() { return mono_ns() / 1'000'000; }

// Since 1970-01-01 UTC.
inline int64_t wall_us() { return clock_detail::read_ns(CLOCK_REALTIME) / 1000; }
inline int64_t wall_ms() { return clock_detail::read_ns(CLOCK_REALTIME) / 1'000'000; }

}  // namespace strata
