// Commands that make no sense in a cluster are refused there.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::cluster {

void install_restrictions(resp::Server& server);
void arm_restrictions(resp::Server& server);

}  // namespace strata::cluster
