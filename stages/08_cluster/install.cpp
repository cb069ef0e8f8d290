#include "08_cluster/install.h"

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/late_directives.h"
#include "08_cluster/families.h"
#include "08_cluster/server/cluster.h"
#include "08_cluster/server/redirect.h"

namespace strata::cluster {

void install(resp::Server& server) {
  auto& cluster = server.own<Cluster>(server);
  install_options(server, cluster.options, [&cluster] { cluster.options_changed(); });
  install_redirections(server);
  install_restrictions(server);
  install_cluster_command(server);
  install_migrate(server);
  install_cluster_pubsub(server);
  install_cluster_info(server);
  install_cluster_debug(server);

  server.get<db::Keyspace>().choose_partitioner = [&cluster]() -> const db::Partitioner* {
    return cluster.enabled() ? &cluster.partitioner() : nullptr;
  };
  resp::LateDirectives::of(server).when_read([&cluster] { return cluster.check_configuration(); });
  server.on_start([&server, &cluster]() -> Status {
    if (!cluster.enabled()) return {};
    arm_redirections(server);
    server.every(1000, [&server] { redirect_blocked(server); });
    arm_restrictions(server);
    return cluster.start();
  });
}

}  // namespace strata::cluster
