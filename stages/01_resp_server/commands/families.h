// The command families of stage 1: each function registers the commands of one file (or a few).
//
// The first group needs no keyspace and is what a sentinel installs too; the second works on keys.
#pragma once

namespace strata::resp {

class Server;

// --- the server's own ---
void install_connection_commands(Server&);  // PING ECHO AUTH HELLO QUIT RESET
void install_client_commands(Server&);      // CLIENT ...
void install_command_command(Server&);      // COMMAND ...
void install_config_commands(Server&);      // CONFIG ...
void install_info_commands(Server&);        // INFO TIME LOLWUT
void install_shutdown_command(Server&);     // SHUTDOWN
void install_slowlog(Server&);              // SLOWLOG ...
void install_latency(Server&);              // LATENCY ...
void install_monitor(Server&);              // MONITOR
void install_memory_commands(Server&);      // MEMORY DOCTOR/PURGE/STATS/MALLOC-STATS (USAGE needs keys)
void install_debug_commands(Server&);       // DEBUG: what needs no keys
void install_pubsub(Server&);               // SUBSCRIBE PSUBSCRIBE PUBLISH PUBSUB ...
void install_command_docs(Server&);         // documentation for all of the above and below

// --- the keyspace ---
void install_string_commands(Server&);    // SET GET APPEND INCR LCS ...
void install_key_commands(Server&);       // DEL EXISTS RENAME COPY OBJECT SCAN ...
void install_expire_commands(Server&);    // EXPIRE TTL PERSIST ...
void install_database_commands(Server&);  // SELECT DBSIZE FLUSHALL FLUSHDB SWAPDB MOVE
void install_keyspace_debug(Server&);     // DEBUG OBJECT/HTSTATS..., MEMORY USAGE

}  // namespace strata::resp
