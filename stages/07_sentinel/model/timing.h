// The periods and limits of a sentinel, in milliseconds. SENTINEL DEBUG shows and changes them, so that tests need not wait.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "common/clock.h"

namespace strata::sentinel {

struct Timing {
  int64_t info_period = 10'000;
  int64_t ping_period = 1000;
  int64_t ask_period = 1000;
  int64_t publish_period = 2000;
  int64_t default_down_after = 30'000;
  int64_t default_failover_timeout = 180'000;
  int64_t tilt_trigger = 2000;
  int64_t tilt_period = 30'000;
  int64_t slave_reconf_timeout = 10'000;
  int64_t min_link_reconnect_period = 15'000;
  int64_t election_timeout = 10'000;
  int64_t script_max_runtime = 60'000;
  int64_t script_retry_delay = 30'000;
};

struct TimingField {
  std::string_view name;
  int64_t Timing::*field;
};
inline constexpr std::array<TimingField, 13> kTimingFields = {{
    {"INFO-PERIOD", &Timing::info_period},
    {"PING-PERIOD", &Timing::ping_period},
    {"ASK-PERIOD", &Timing::ask_period},
    {"PUBLISH-PERIOD", &Timing::publish_period},
    {"DEFAULT-DOWN-AFTER", &Timing::default_down_after},
    {"DEFAULT-FAILOVER-TIMEOUT", &Timing::default_failover_timeout},
    {"TILT-TRIGGER", &Timing::tilt_trigger},
    {"TILT-PERIOD", &Timing::tilt_period},
    {"SLAVE-RECONF-TIMEOUT", &Timing::slave_reconf_timeout},
    {"MIN-LINK-RECONNECT-PERIOD", &Timing::min_link_reconnect_period},
    {"ELECTION-TIMEOUT", &Timing::election_timeout},
    {"SCRIPT-MAX-RUNTIME", &Timing::script_max_runtime},
    {"SCRIPT-RETRY-DELAY", &Timing::script_retry_delay},
}};

// The clock of everything that a sentinel times. It never jumps, so a wrong wall clock can neither make a master look dead
// nor stop the pings. It is always well above any period: a time of 0 means "never" and is long ago in every comparison.
inline int64_t now_ms() {
  constexpr int64_t kLongAgo = int64_t{1} << 45;  // a thousand years
  return kLongAgo + mono_ms();
}

}  // namespace strata::sentinel
