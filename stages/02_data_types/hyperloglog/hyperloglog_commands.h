// Shared by the files of the HyperLogLog commands.
#pragma once

#include <string_view>

#include "01_resp_server/commands/support.h"
#include "02_data_types/hyperloglog/hyperloglog.h"

namespace strata::db {

inline constexpr std::string_view kCorruptHllError = "INVALIDOBJ Corrupted HLL object detected";

// True when `ref` is empty or a HyperLogLog; answers the error when it is not.
bool is_hyperloglog(resp::Client& client, const Ref& ref);

void pfdebug_command(resp::Client& client, resp::Args args);     // pfdebug_commands.cpp
void pfselftest_command(resp::Client& client, resp::Args args);  // pfdebug_commands.cpp

}  // namespace strata::db
