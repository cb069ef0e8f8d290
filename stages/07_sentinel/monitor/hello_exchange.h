// Sending hellos, and what is learnt from those of others: that they are there, newer epochs, and a newer address of a master.
#pragma once

#include <string_view>

#include "07_sentinel/monitor/hello.h"
#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

void send_hello(Sentinel& sentinel, Instance& instance);
// The next tick sends hellos to everybody who has to do with this master.
void hurry_hellos(const Sentinel& sentinel, Master& master);

// A message of a connection that listens on the channel.
void receive_hello(Sentinel& sentinel, const Value& message);
// A hello, whichever way it came. Nonsense is ignored.
void take_hello(Sentinel& sentinel, std::string_view text);

}  // namespace strata::sentinel
