#include "08_cluster/families.h"

#include "01_resp_server/server/memory_report.h"
#include "08_cluster/server/cluster.h"

namespace strata::cluster {

void install_cluster_info(resp::Server& server) {
  auto& cluster = server.get<Cluster>();
  auto& info = server.info;
  info.section("cluster").add([&cluster](resp::InfoWriter& out) { out.field("cluster_enabled", cluster.enabled()); });
  resp::MemoryAccounts::of(server).add(resp::MemoryPart::kClusterLinks, [&cluster] {
    size_t bytes = 0;
    if (cluster.enabled()) cluster.bus().each([&bytes](const SocketLink& link) { bytes += link.memory_bytes(); });
    return bytes;
  });
}

}  // namespace strata::cluster
