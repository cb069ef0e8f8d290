// HELLO: the handshake of a connection, which picks the protocol version and may log in and name the client
// as well.
#pragma once

#include <string_view>

#include "01_resp_server/server/server.h"

namespace strata::resp {

// What the server tells of itself; a later stage overwrites what it changes (a replica's role, the cluster's
// mode).
struct ServerIdentity {
  std::string_view mode = "standalone";  // "sentinel", "cluster"
  std::string_view role = "master";      // "replica"; empty: not told (a sentinel)
  char log_role = 'M';                   // see common/log.h; 'X' for a sentinel

  // The server's one instance, made by whoever asks first.
  static ServerIdentity& of(Server& server) {
    ServerIdentity* found = server.find<ServerIdentity>();
    return found != nullptr ? *found : server.own<ServerIdentity>();
  }
};

// HELLO [protover [AUTH username password] [SETNAME name]]
void hello_command(Client& client, Args args);

}  // namespace strata::resp
