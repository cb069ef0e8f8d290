#include "07_sentinel/failover/reconfigure.h"

#include <fmt/format.h>

namespace strata::sentinel {

// [task 7.12] Tell a replica whom to follow, in one transaction.
bool send_replicaof(Replica& replica, const Address* master, const Settings& settings) {
  const std::string host = master == nullptr ? "NO" : settings.shown(*master);
  const std::string port = master == nullptr ? "ONE" : std::to_string(master->port);
  return send_command(replica, {"MULTI"}, nullptr) && send_command(replica, {"SLAVEOF", host, port}, nullptr) &&
         send_command(replica, {"CONFIG", "REWRITE"}, nullptr) &&
         send_command(replica, {"CLIENT", "KILL", "TYPE", "normal"}, nullptr) &&
         send_command(replica, {"CLIENT", "KILL", "TYPE", "pubsub"}, nullptr) &&
         send_command(replica, {"EXEC"}, nullptr);
}

void run_reconfiguration_script(Sentinel& sentinel, const Master& master, std::string_view role, const Address& from,
                                const Address& to) {
  if (master.client_reconfig_script.empty()) return;
  sentinel.scripts.schedule({master.client_reconfig_script, master.name, std::string(role), "start",
                             sentinel.settings.shown(from), std::to_string(from.port), sentinel.settings.shown(to),
                             std::to_string(to.port)});
}

void announce_switch(Sentinel& sentinel, const Master& master, const Address& to) {
  sentinel.events.note(LogLevel::kWarning, "+switch-master", &master,
                       fmt::format("{} {} {} {} {}", master.name, sentinel.settings.shown(master.address),
                                   master.address.port, sentinel.settings.shown(to), to.port));
}

}  // namespace strata::sentinel
