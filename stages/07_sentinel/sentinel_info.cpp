// INFO of a sentinel: the sections of a server that has no data, and one of its own.
#include <fmt/format.h>

#include "01_resp_server/commands/hello.h"
#include "07_sentinel/commands/families.h"

namespace strata::sentinel {

namespace {

std::string_view status_of(const Master& master) {
  if (master.o_down) return "odown";
  return master.s_down ? "sdown" : "ok";
}

void sentinel_section(const Sentinel& sentinel, resp::InfoWriter& out) {
  out.field("sentinel_masters", sentinel.masters.size());
  out.field("sentinel_tilt", sentinel.tilt.active());
  out.field("sentinel_tilt_since_seconds",
            sentinel.tilt.active() ? sentinel.tilt.active_for(now_ms()) / 1000 : int64_t{-1});
  out.field("sentinel_running_scripts", sentinel.scripts.running());
  out.field("sentinel_scripts_queue_length", sentinel.scripts.jobs().size());
  out.field("sentinel_simulate_failure_flags", sentinel.simulated_failures);
  size_t number = 0;
  for (const auto& [name, master] : sentinel.masters) {
    out.line("master{}:name={},status={},address={}:{},slaves={},sentinels={}", number++, name, status_of(*master),
             sentinel.settings.shown(master->address), master->address.port, master->replicas.size(),
             master->sentinels.size() + 1);
  }
}

}  // namespace

void install_sentinel_info(resp::Server& server, Sentinel& sentinel) {
  resp::ServerIdentity& identity = resp::ServerIdentity::of(server);
  identity.mode = "sentinel";
  identity.role = {};
  identity.log_role = 'X';
  server.info.keep_only({"server", "clients", "stats", "cpu"});
  server.info.section("server").add([](resp::InfoWriter& out) { out.field("redis_mode", "sentinel"); });
  server.info.section("sentinel").add([&sentinel](resp::InfoWriter& out) { sentinel_section(sentinel, out); });
}

}  // namespace strata::sentinel
