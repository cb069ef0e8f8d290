// Telling a server whom to follow, and telling clients where the master is.
#pragma once

#include <string_view>

#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

// Sends, as one transaction: follow `master` (null: nobody, be a master), write that into your configuration, and throw out
// your clients, which then ask where the master is. False when there is no connection. The answers do not matter: INFO
// shows what came of it.
bool send_replicaof(Replica& replica, const Address* master, const Settings& settings);

// Runs the master's client-reconfig-script, if it has one. `role`: of this sentinel, "leader" or "observer".
void run_reconfiguration_script(Sentinel& sentinel, const Master& master, std::string_view role, const Address& from,
                                const Address& to);

// The event that clients listen to.
void announce_switch(Sentinel& sentinel, const Master& master, const Address& to);

}  // namespace strata::sentinel
