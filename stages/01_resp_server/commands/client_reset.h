// Bringing a connection back to how it was when it was opened: what RESET does.
//
// Every stage that keeps state of a client (subscriptions, a transaction, READONLY) says here how to drop it.
// The hooks run in the order of registration, before the connection's own state (database, protocol, name,
// user) is reset.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "01_resp_server/server/server.h"

namespace strata::resp {

class ClientReset {
 public:
  // The server's one instance, made by whoever asks first.
  static ClientReset& of(Server& server) {
    ClientReset* found = server.find<ClientReset>();
    return found != nullptr ? *found : server.own<ClientReset>();
  }

  void on_reset(std::function<void(Client&)> hook) { hooks_.push_back(std::move(hook)); }
  void run(Client& client) {
    for (auto& hook : hooks_) hook(client);
  }

 private:
  std::vector<std::function<void(Client&)>> hooks_;
};

}  // namespace strata::resp
