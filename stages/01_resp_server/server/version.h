// Which versions this server claims: Redis's, whose behaviour and file formats it follows (HELLO, INFO, the log and every
// tool that checks for a minimum version look at it), and its own.
#pragma once

#include <string_view>

namespace strata {

inline constexpr std::string_view kRedisVersion = "7.0.15";
inline constexpr std::string_view kStrataVersion = "0.1.0";

}  // namespace strata
