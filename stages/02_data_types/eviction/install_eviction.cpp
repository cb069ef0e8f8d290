// What eviction adds to the server: its options, its gate, its figures in INFO.
#include "01_resp_server/server/info_sections.h"
#include "02_data_types/eviction/client_eviction.h"
#include "02_data_types/eviction/eviction.h"
#include "02_data_types/families.h"
#include "common/log.h"
#include "common/memory.h"

namespace strata::db {

namespace {

Status maxmemory_changed(Eviction& eviction) {
  eviction.follow_options();
  const auto limit = static_cast<size_t>(eviction.options.limit_bytes);
  if (limit == 0) return {};
  if (const size_t used = used_memory(); used > limit) {
    log_warning(
        "maxmemory is now {} bytes, less than the {} in use: keys go, or writes are refused, as the policy says.",
        limit, used);
    eviction.make_room();
  }
  return {};
}

void declare_options(Server& server, Eviction& eviction) {
  auto& config = server.config;
  Eviction::Options& options = eviction.options;
  config.memory("maxmemory", &options.limit_bytes, 0, 0, resp::Config::kNoMaximum,
                "bytes beyond which keys are evicted or writes refused; 0: no limit",
                {.clamped = true, .on_change = [&] { return maxmemory_changed(eviction); }});
  config.integer("maxmemory-samples", &options.samples, 5, 1, INT32_MAX, "how many keys compete for being evicted");
  config.integer("maxmemory-eviction-tenacity", &options.tenacity, 10, 0, 100,
                 "how long evicting may keep clients waiting; 100: until it is done");
}

}  // namespace

void install_eviction(Server& server) {
  auto& eviction = server.own<Eviction>(server);
  auto& clients = server.own<ClientEviction>(server, eviction);
  declare_options(server, eviction);
  server.config.memory_or_percent(
      "maxmemory-clients", &clients.limit, 0, resp::Config::kNoMaximum,
      "bytes, or per cent of maxmemory, beyond which the largest clients are closed; 0: never");
  server.info.section("stats").add([&](resp::InfoWriter& out) {
    out.field("evicted_keys", eviction.evicted_keys());
    out.field("evicted_clients", clients.evicted_clients());
    out.field("total_eviction_exceeded_time", eviction.total_exceeded_ms());
    out.field("current_eviction_exceeded_time", eviction.current_exceeded_ms());
  });
  server.info.section("memory").add(
      [&eviction](resp::InfoWriter& out) { out.field("mem_not_counted_for_evict", eviction.not_counted_bytes()); });
  resp::on_reset_statistics(server, [&] {
    eviction.reset_statistics();
    clients.reset_statistics();
  });
}

}  // namespace strata::db
