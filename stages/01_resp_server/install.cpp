#include "01_resp_server/install.h"

#include "01_resp_server/commands/families.h"
#include "01_resp_server/db/install_keyspace.h"
#include "01_resp_server/server/core_options.h"
#include "01_resp_server/server/inert_options.h"
#include "01_resp_server/server/server.h"

namespace strata::resp {

void install_server(Server& server) {
  install_core_options(server);   // port, bind, logfile, maxclients, ...
  install_inert_options(server);  // what later stages will give a meaning

  install_connection_commands(server);  // PING ECHO AUTH HELLO QUIT RESET
  install_client_commands(server);      // CLIENT
  install_command_command(server);      // COMMAND
  install_config_commands(server);      // CONFIG
  install_info_commands(server);        // INFO TIME LOLWUT
  install_shutdown_command(server);     // SHUTDOWN
  install_slowlog(server);              // SLOWLOG
  install_latency(server);              // LATENCY
  install_monitor(server);              // MONITOR
  install_memory_commands(server);      // MEMORY
  install_debug_commands(server);       // DEBUG
  install_pubsub(server);               // SUBSCRIBE PUBLISH PUBSUB ...
  install_command_docs(server);         // what COMMAND DOCS tells of them all
}

void install_keyspace(Server& server) {
  db::install_keyspace_object(server);  // the databases and their options
  install_database_commands(server);    // SELECT DBSIZE FLUSHALL FLUSHDB SWAPDB MOVE
  install_string_commands(server);      // SET GET APPEND INCR LCS ...
  install_key_commands(server);         // DEL EXISTS RENAME COPY OBJECT SCAN ...
  install_expire_commands(server);      // EXPIRE TTL PERSIST ...
  install_keyspace_debug(server);       // DEBUG OBJECT, MEMORY USAGE ...
}

void install(Server& server) {
  install_server(server);
  install_keyspace(server);
}

}  // namespace strata::resp
