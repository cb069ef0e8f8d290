// What every instance is sent from time to time.
//
//   PING     all                  every ping-period, or more often where down-after is shorter
//   INFO     masters, replicas    every info-period; of replicas every second while their master is in trouble, and at
//                                 every tick of the one that was told to be a master
//   PUBLISH  all                  every publish-period: a hello (hello.h)
//
// An instance that does not answer is not sent more than a bounded number of commands.
#pragma once

#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

void send_periodic(Sentinel& sentinel, Instance& instance);
void send_ping(Sentinel& sentinel, Instance& instance);

}  // namespace strata::sentinel
