// What INFO and MEMORY STATS tell of the cluster.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::cluster {

void install_cluster_info(resp::Server& server);

}  // namespace strata::cluster
