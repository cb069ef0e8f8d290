// The options of a cluster node.
#pragma once

#include <cstdint>
#include <string>

#include "01_resp_server/server/server.h"
#include "08_cluster/core/surroundings.h"

namespace strata::cluster {

// What clients are told to connect to.
enum class EndpointType : uint8_t { kIp, kHostname, kUnknown };

struct Options {
  bool enabled = false;
  std::string config_file;
  int64_t bus_port = 0;  // 0: the clients' port + 10000
  int64_t announce_port = 0;
  int64_t announce_tls_port = 0;
  int64_t announce_bus_port = 0;
  bool allow_reads_when_down = false;
  bool allow_pubsub_when_down = true;
  EndpointType endpoint_type = EndpointType::kIp;
  int64_t link_output_limit = 0;
  Settings settings;
};

// `changed` runs after a CONFIG SET of one of them.
void install_options(resp::Server& server, Options& options, const std::function<void()>& changed);

}  // namespace strata::cluster
