// Stage 1's table of contents: what it plugs into a Server.
#pragma once

namespace strata::resp {

class Server;

// The server without data: options, connections, pub/sub, introspection. A sentinel installs only this.
void install_server(Server& server);

// The keyspace and the commands on keys.
void install_keyspace(Server& server);

// Both halves.
void install(Server& server);

}  // namespace strata::resp
