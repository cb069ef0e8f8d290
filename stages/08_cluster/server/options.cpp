#include "08_cluster/server/options.h"

#include <algorithm>
#include <cctype>

namespace strata::cluster {

namespace {

constexpr int64_t kIntMax = INT32_MAX;

bool is_hostname(const std::string& text) {
  return text.size() < 256 && std::all_of(text.begin(), text.end(),
                                          [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '.'; });
}

void install_announcements(resp::Config& config, Options& options, const resp::OptionTraits& traits) {
  config.text("cluster-announce-ip", &options.settings.announce_ip, "", "the address that other nodes and clients use",
              traits);
  config.integer("cluster-announce-port", &options.announce_port, 0, 0, 65535,
                 "the port that clients are told; 0: the one we listen on", traits);
  config.integer("cluster-announce-tls-port", &options.announce_tls_port, 0, 0, 65535, "the same, with TLS", traits);
  config.integer("cluster-announce-bus-port", &options.announce_bus_port, 0, 0, 65535,
                 "the bus port that other nodes are told; 0: the one we listen on", traits);
  std::string& hostname = options.settings.announce_hostname;
  config.custom("cluster-announce-hostname",
                {.get = [&hostname] { return hostname; },
                 .set = [&hostname](const std::vector<std::string>& words) -> Status {
                   const std::string value = words.empty() ? "" : words[0];
                   if (value.size() >= 256) return Status::error("Hostnames must be less than 256 characters");
                   if (!is_hostname(value)) {
                     return Status::error("Hostnames may only contain alphanumeric characters, hyphens or dots");
                   }
                   hostname = value;
                   return {};
                 },
                 .default_text = ""},
                "the name that clients are told besides the address", traits);
}

}  // namespace

void install_options(resp::Server& server, Options& options, const std::function<void()>& changed) {
  resp::Config& config = server.config;
  Settings& settings = options.settings;
  const resp::OptionTraits fixed{.immutable = true};
  const resp::OptionTraits live{.on_change = [changed] {
    changed();
    return Status();
  }};
  resp::OptionTraits live_memory = live;
  live_memory.clamped = true;
  const auto aliased = [&live](std::string_view alias) {
    resp::OptionTraits traits = live;
    traits.alias = alias;
    return traits;
  };

  config.flag("cluster-enabled", &options.enabled, false, "run as a node of a cluster", fixed);
  config.text("cluster-config-file", &options.config_file, "nodes.conf", "where the node keeps what it knows", fixed);
  config.integer("cluster-port", &options.bus_port, 0, 0, 65535, "the bus port; 0: that of the clients + 10000", fixed);
  config.integer("cluster-node-timeout", &settings.node_timeout_ms, 15000, 0, INT64_MAX,
                 "ms without an answer after which a node is taken for down", live);
  config.flag("cluster-require-full-coverage", &settings.require_full_coverage, true,
              "serve nothing while a slot has no owner", live);
  config.flag("cluster-allow-reads-when-down", &options.allow_reads_when_down, false,
              "let clients read while the cluster is down", live);
  config.flag("cluster-allow-pubsubshard-when-down", &options.allow_pubsub_when_down, true,
              "let clients use sharded channels while the cluster is down", live);
  config.integer("cluster-replica-validity-factor", &settings.replica_validity_factor, 10, 0, kIntMax,
                 "node timeouts after which a replica's data is too old for it to become master; 0: never",
                 aliased("cluster-slave-validity-factor"));
  config.flag("cluster-replica-no-failover", &settings.replica_no_failover, false,
              "this replica does not take the place of its master by itself", aliased("cluster-slave-no-failover"));
  config.integer("cluster-migration-barrier", &settings.migration_barrier, 1, 0, kIntMax,
                 "replicas that a master keeps when one moves to a master without", live);
  config.flag("cluster-allow-replica-migration", &settings.allow_replica_migration, true,
              "replicas may move to masters that have none; empty masters become replicas", live);
  config.memory("cluster-link-sendbuf-limit", &options.link_output_limit, 0, 0, INT64_MAX,
                "close links to nodes that leave more than this unread; 0: no limit", live_memory);
  config.choice<EndpointType>(
      "cluster-preferred-endpoint-type", &options.endpoint_type, EndpointType::kIp,
      {{"ip", EndpointType::kIp}, {"hostname", EndpointType::kHostname}, {"unknown-endpoint", EndpointType::kUnknown}},
      "what redirections name: addresses, names, or nothing", live);
  install_announcements(config, options, live);
}

}  // namespace strata::cluster
