// The part of a failover in which the other replicas are sent to the new master, a few at a time: each may be busy with a
// full synchronisation, and cannot serve reads meanwhile.
//
//   none --SLAVEOF sent--> sent --INFO: follows it--> in progress --INFO: link up--> done
#pragma once

#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

// As many as parallel-syncs allows.
void reconfigure_next(Sentinel& sentinel, Master& master);

// Ends the failover when every replica that is up follows, or when it has taken failover-timeout: the rest is then told
// once more, all at a time.
void finish_if_done(Sentinel& sentinel, Master& master);

}  // namespace strata::sentinel
