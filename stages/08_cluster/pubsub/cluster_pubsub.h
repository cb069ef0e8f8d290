// Pub/sub in a cluster: what is published at one node is heard at all; shard channels live where their slot does.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::cluster {

void install_cluster_pubsub(resp::Server& server);  // SSUBSCRIBE SUNSUBSCRIBE SPUBLISH, PUBSUB SHARD*

}  // namespace strata::cluster
