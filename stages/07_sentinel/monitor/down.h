// Who is down.
//
//   subjectively (SDOWN)   for this sentinel: no acceptable answer to a PING for longer than down-after; or a master that says
//                          it is a replica, or that has come back empty-handed, for too long
//   objectively (ODOWN)    a master that is subjectively down for at least `quorum` sentinels, this one among them
#pragma once

#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

// Also drops connections that seem to be stuck, so that they are opened anew.
void check_subjectively_down(Sentinel& sentinel, Instance& instance);

void check_objectively_down(Sentinel& sentinel, Master& master);

}  // namespace strata::sentinel
