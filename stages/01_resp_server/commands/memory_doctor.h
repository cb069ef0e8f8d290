// MEMORY DOCTOR: whether anything about the use of memory looks wrong, in sentences.
#pragma once

#include <string>

#include "01_resp_server/server/memory_report.h"

namespace strata::resp {

std::string memory_diagnosis(const MemoryReport& report, size_t clients);

}  // namespace strata::resp
