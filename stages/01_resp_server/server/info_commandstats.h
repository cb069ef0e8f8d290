// INFO commandstats, errorstats and latencystats: what each command cost and how often it failed.
#pragma once

namespace strata::resp {

class Server;

// cmdstat_config|get:calls=1,usec=12,usec_per_call=12.00,rejected_calls=0,failed_calls=0
// errorstat_ERR:count=1
void install_command_stats(Server& server);

// latency_percentiles_usec_get:p50=1.003,p99=2.007,p99.9=2.007
// with the options latency-tracking and latency-tracking-info-percentiles.
void install_latency_stats(Server& server);

}  // namespace strata::resp
