// The parts of stage 6.
#pragma once

namespace strata::resp {
class Server;
}

namespace strata::repl {

using resp::Server;

void install_replication_options(Server&);
void install_sync_commands(Server&);  // PSYNC SYNC REPLCONF
void install_role_commands(Server&);  // REPLICAOF SLAVEOF ROLE
void install_failover(Server&);       // FAILOVER
void install_wait(Server&);           // WAIT
void install_replica_gates(Server&);  // READONLY MASTERDOWN NOREPLICAS
void install_replication_info(Server&);
void install_replication_debug(Server&);

}  // namespace strata::repl
