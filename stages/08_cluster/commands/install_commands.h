// The families of commands of stage 8.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::cluster {

void install_cluster_command(resp::Server& server);  // CLUSTER and its subcommands

}  // namespace strata::cluster
