// Clients that wait for keys are sent away when the keys' slot is served elsewhere, or by nobody.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::cluster {

void redirect_blocked(resp::Server& server);  // once a second, in a cluster

}  // namespace strata::cluster
