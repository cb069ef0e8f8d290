// LATENCY DOCTOR: what the latency monitor saw, in sentences, with advice that fits the events.
#pragma once

#include <string>

#include "01_resp_server/server/latency_monitor.h"
#include "01_resp_server/server/slowlog.h"

namespace strata::resp {

std::string latency_report(const LatencyMonitor& monitor, const Slowlog& slowlog);

}  // namespace strata::resp
