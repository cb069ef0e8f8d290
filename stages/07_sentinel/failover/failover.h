// The failover of one master, step by step. Each tick makes at most one step.
//
//   none --(ODOWN, or SENTINEL FAILOVER)--> wait_start          ask for votes
//        wait_start --(elected, or forced)--> select_slave      else abort after the election timeout
//        select_slave --(one will do)--> send_slaveof_noone     else abort
//        send_slaveof_noone --(connected: sent)--> wait_promotion
//        wait_promotion --(its INFO: role:master)--> reconf_slaves      from here on there is no way back
//        reconf_slaves --(all follow, or time is up)--> update_config
//        update_config --(end of the tick)--> none              the promoted replica is the master now
//
// Up to wait_promotion a failover that takes longer than failover-timeout is aborted; another sentinel, or this one, tries
// again after twice that time, in a new epoch.
#pragma once

#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

// A new failover in a new epoch.
void start_failover(Sentinel& sentinel, Master& master);
// Starts one if the master is objectively down and the last attempt is long enough ago.
bool start_failover_if_needed(Sentinel& sentinel, Master& master);

void step_failover(Sentinel& sentinel, Master& master);

// INFO of the chosen replica says that it is a master: the new configuration is decided.
void promotion_seen(Sentinel& sentinel, Master& master, Replica& promoted);

// The last step: rebuilds the master's lists.
void switch_to_promoted(Sentinel& sentinel, Master& master);

// When a failover that begins now counts as begun: up to a second later, so that sentinels do not try again in step.
int64_t failover_moment(Sentinel& sentinel);

}  // namespace strata::sentinel
