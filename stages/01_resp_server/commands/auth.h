// Who may use this server: one user, "default", with at most one password (requirepass, or its digest in a line
// `user default ...`).
//
// A connection opened while a password is set starts unauthenticated: the gate of rank kAuth then refuses
// everything but AUTH, HELLO, QUIT and RESET. Setting a password does not throw out connections that are open
// already; removing it lets everybody in at once. What is compared are digests, in a time that tells nothing of the
// password.
#pragma once

#include <string>
#include <string_view>

#include "01_resp_server/server/server.h"

namespace strata::resp {

inline constexpr std::string_view kWrongPassword = "WRONGPASS invalid username-password pair or user is disabled.";

// Compares without stopping at the first difference, so that the time taken tells nothing of a secret's
// content.
bool equal_in_constant_time(std::string_view attempt, std::string_view secret);

class Authentication {
 public:
  // Declares requirepass, the lines `user default ...`, the gate and the hooks of connections.
  explicit Authentication(Server& server);

  bool required() const { return !digest_.empty(); }
  // May this client run ordinary commands?
  bool allows(const Client& client) const { return client.authenticated || !required(); }
  bool accepts(std::string_view user, std::string_view password) const;

  // Checks the pair and, when it is right, opens the gate for the client. Answers nothing.
  bool authenticate(Client& client, std::string_view user, std::string_view password);

  // Makes the client what a fresh connection is: the default user, authenticated only where no password is
  // set.
  void start_over(Client& client) const;

 private:
  void declare_password();
  void declare_user_line();
  void demand(std::string digest);
  Status take_user_line(const Config::Words& words);

  Server& server_;
  std::string password_;  // requirepass; empty where the line of the user is all that is known
  std::string digest_;    // sha256_hex of what AUTH must give; empty: nothing
  bool has_user_line_ = false;
  GateBit gate_;
};

// AUTH [username] password
void auth_command(Client& client, Args args);

}  // namespace strata::resp
