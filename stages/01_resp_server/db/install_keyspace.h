// Puts a keyspace into a server: the object itself, its options, its part of INFO, its share of the cron. The commands
// are installed by the families in commands/.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::db {

void install_keyspace_object(resp::Server& server);

}  // namespace strata::db
