// MIGRATE: keys move to another server, in one step for everybody who looks.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::cluster {

void install_migrate(resp::Server& server);

}  // namespace strata::cluster
