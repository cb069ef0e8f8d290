// CLIENT UNBLOCK: the seam for the stage that has blocking commands.
#pragma once

#include <functional>

#include "01_resp_server/server/server.h"

namespace strata::resp {

struct ClientUnblock {
  // Ends the wait of a blocked client as a timeout would, or with an UNBLOCKED error. False when it is not
  // blocked.
  std::function<bool(Client& target, bool with_error)> unblock;

  // The server's one instance, made by whoever asks first.
  static ClientUnblock& of(Server& server) {
    ClientUnblock* found = server.find<ClientUnblock>();
    return found != nullptr ? *found : server.own<ClientUnblock>();
  }
};

}  // namespace strata::resp
