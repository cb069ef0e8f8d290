// Which arguments of which commands are secrets: passwords must not appear where others read along (MONITOR,
// SLOWLOG).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "01_resp_server/server/server.h"

namespace strata::resp {

class Redaction {
 public:
  // The server's one instance, made by whoever asks first.
  static Redaction& of(Server& server) {
    Redaction* found = server.find<Redaction>();
    return found != nullptr ? *found : server.own<Redaction>();
  }

  // `secret(args, i)` says whether argument `i` of a command with this full name is a secret.
  using Secret = bool (*)(Args args, size_t i);
  void add(std::string_view full_name, Secret secret) { by_command_[std::string(full_name)] = secret; }

  // What may be shown in place of argument `i`; the argument itself unless it is a secret. `secret` comes
  // from find().
  static std::string_view shown(Secret secret, Args args, size_t i) {
    return secret != nullptr && secret(args, i) ? std::string_view("(redacted)") : args[i];
  }
  // Null for a command without secrets.
  Secret find(const CommandSpec& spec) const {
    auto found = by_command_.find(spec.full_name);
    return found == by_command_.end() ? nullptr : found->second;
  }

 private:
  std::unordered_map<std::string, Secret> by_command_;
};

}  // namespace strata::resp
