#include "06_replication/options.h"

#include <algorithm>

#include "01_resp_server/server/server.h"
#include "06_replication/families.h"
#include "06_replication/replication.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::repl {

namespace {

// replicaof <host> <port>, in the configuration only.
void declare_replicaof(resp::Config& config, Replication& replication) {
  resp::CustomOption option{
      .get = [&replication]() -> std::string {
        if (MasterLink* link = replication.link()) return fmt::format("{} {}", link->host(), link->port());
        return "";
      },
      .set =
          [&replication](const std::vector<std::string>& words) {
            int64_t port = 0;
            if (words.size() == 2 && equals_nocase(words[0], "no") && equals_nocase(words[1], "one")) {
              replication.configured_host.clear();
              return Status();
            }
            if (words.size() != 2) return Status::error("wrong number of arguments");
            if (!parse_int64(words[1], &port) || port < 0 || port > 65535) return Status::error("Invalid master port");
            replication.configured_host = words[0];
            replication.configured_port = static_cast<int>(port);
            return Status();
          },
      .rewrite = [&replication]() -> std::vector<std::string> {
        const MasterLink* link = replication.link();
        if (link == nullptr || !replication.kept_by_configuration) return {};
        return {fmt::format("replicaof {} {}", link->host(), link->port())};
      },
      .default_text = "",
  };
  config.custom("replicaof", std::move(option), "the master that this server follows",
                {.immutable = true, .multi = true, .alias = "slaveof"});
}

}  // namespace

void install_replication_options(Server& server) {
  auto& replication = server.get<Replication>();
  Options& options = replication.options;
  auto& config = server.config;
  auto gates = [&replication] {
    replication.follow_gates();
    return Status();
  };
  constexpr int64_t kIntMax = INT32_MAX;
  declare_replicaof(config, replication);
  config.text("masterauth", &options.master_password, "", "the password for the master", {.sensitive = true});
  config.text("masteruser", &options.master_user, "", "the user for the master", {.sensitive = true});
  config.flag("repl-diskless-sync", &options.diskless_sync, true, "send images to replicas without a file");
  config.integer("repl-diskless-sync-delay", &options.diskless_delay_s, 5, 0, kIntMax,
                 "seconds to wait for more replicas before a diskless image");
  config.integer("repl-diskless-sync-max-replicas", &options.diskless_max_replicas, 0, 0, kIntMax,
                 "replicas for which a diskless image need not wait; 0: the delay decides");
  config.memory("repl-backlog-size", &options.backlog_bytes, 1 << 20, 1, resp::Config::kNoMaximum,
                "bytes of the stream that are kept for replicas that come back", {.on_change = [&replication] {
                  auto& bytes = replication.options.backlog_bytes;
                  bytes = std::max<int64_t>(bytes, 16 * 1024);
                  replication.follow_backlog_size();
                  return Status();
                }});
  config.integer("repl-backlog-ttl", &options.backlog_ttl_s, 3600, 0, resp::Config::kNoMaximum,
                 "seconds without replicas after which the backlog is freed; 0: never");
  config.integer("repl-ping-replica-period", &options.ping_period_s, 10, 1, kIntMax,
                 "seconds between two PINGs to replicas", {.alias = "repl-ping-slave-period"});
  config.integer("repl-timeout", &options.timeout_s, 60, 1, kIntMax,
                 "seconds of silence after which a link is given up");
  config.flag("repl-disable-tcp-nodelay", &options.disable_nodelay, false, "fewer, larger packets to replicas");
  config.integer("min-replicas-to-write", &options.min_replicas, 0, 0, kIntMax,
                 "replicas without which nothing is written", {.alias = "min-slaves-to-write", .on_change = gates});
  config.integer("min-replicas-max-lag", &options.min_replicas_max_lag_s, 10, 0, kIntMax,
                 "seconds after which a silent replica does not count",
                 {.alias = "min-slaves-max-lag", .on_change = gates});
  config.text("replica-announce-ip", &options.announce_ip, "", "the address that the master shows of this replica",
              {.alias = "slave-announce-ip"});
  config.integer("replica-announce-port", &options.announce_port, 0, 0, 65535, "likewise the port",
                 {.alias = "slave-announce-port"});
  config.flag("replica-announced", &options.announced, true, "may sentinels tell of this replica?");
  config.integer("replica-priority", &options.priority, 100, 0, kIntMax, "for sentinels: the lowest is promoted first",
                 {.alias = "slave-priority"});
  config.flag("replica-serve-stale-data", &options.serve_stale_data, true, "serve the data while the master is away",
              {.alias = "slave-serve-stale-data", .on_change = gates});
  config.flag("replica-read-only", &options.read_only, true, "refuse writes of ordinary clients",
              {.alias = "slave-read-only", .on_change = gates});
  config.flag("replica-ignore-maxmemory", &options.ignore_maxmemory, true, "a replica leaves eviction to its master",
              {.alias = "slave-ignore-maxmemory"});
  config.choice("repl-diskless-load", &options.diskless_load, DisklessLoad::kDisabled,
                {{"disabled", DisklessLoad::kDisabled},
                 {"on-empty-db", DisklessLoad::kOnEmptyDb},
                 {"swapdb", DisklessLoad::kSwapDb}},
                "load an image as it comes, without a file");
  config.choice("propagation-error-behavior", &options.on_error, ErrorBehavior::kIgnore,
                {{"ignore", ErrorBehavior::kIgnore},
                 {"panic", ErrorBehavior::kPanic},
                 {"panic-on-replicas", ErrorBehavior::kPanicOnReplicas}},
                "what an error in the stream leads to");
  config.flag("replica-ignore-disk-write-errors", &options.ignore_disk_errors, false,
              "a replica goes on although it cannot write to its disk");
  config.integer("shutdown-timeout", &options.shutdown_timeout_s, 10, 0, kIntMax,
                 "seconds that a master waits at its end for replicas that lag behind");
  config.flag("replica-lazy-flush", &options.lazy_flush, false, "free the old data in the background",
              {.alias = "slave-lazy-flush"});
}

}  // namespace strata::repl
