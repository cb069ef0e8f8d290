// The parts of stage 8.
#pragma once

namespace strata::resp {
class CommandTable;
class Server;
}  // namespace strata::resp

namespace strata::cluster {

using resp::Server;

void install_cluster_command(Server&);  // CLUSTER and its subcommands
void document_cluster_command(resp::CommandTable&);
void install_redirections(Server&);    // the gate; ASKING READONLY READWRITE
void install_restrictions(Server&);    // what a cluster does without: SELECT, MOVE, SWAPDB, REPLICAOF, FAILOVER
void install_migrate(Server&);         // MIGRATE
void install_cluster_pubsub(Server&);  // SSUBSCRIBE SUNSUBSCRIBE SPUBLISH, PUBSUB SHARD*; messages of other nodes
void install_cluster_debug(Server&);   // DEBUG CLUSTERLINK, DROP-CLUSTER-PACKET-FILTER: faults on demand
void install_cluster_info(Server&);

// While this server is a node of a cluster:
void arm_redirections(Server&);
void arm_restrictions(Server&);
void redirect_blocked(Server&);  // clients that wait for keys of slots that others serve now; once a second

}  // namespace strata::cluster
