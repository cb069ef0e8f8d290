// DEBUG CLUSTERLINK and DEBUG DROP-CLUSTER-PACKET-FILTER: faults on demand.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::cluster {

void install_cluster_debug(resp::Server& server);

}  // namespace strata::cluster
