// What follows from an INFO: replicas become known, a promotion is seen to have worked, replicas are seen to follow the new
// master, and those who follow the wrong one, or none, are put right.
#pragma once

#include <string_view>

#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

void take_info(Sentinel& sentinel, DataInstance& instance, std::string_view text);

}  // namespace strata::sentinel
