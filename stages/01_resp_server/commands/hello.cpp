#include "01_resp_server/commands/hello.h"

#include <fmt/format.h>

#include <optional>

#include "01_resp_server/commands/auth.h"
#include "01_resp_server/commands/client_name.h"
#include "01_resp_server/server/version.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

namespace {

// Reads HELLO's arguments. Options take effect in the order they are given, as they do in Redis: a name that was set
// stays set when a later option is wrong. Only the version waits. False when an error was answered.
bool read_options(Client& client, Args args, std::optional<int>& protocol) {
  if (args.size() < 2) return true;
  int64_t version = 0;
  if (!parse_int64(args[1], &version)) {
    client.reply.error("ERR Protocol version is not an integer or out of range");
    return false;
  }
  if (version != 2 && version != 3) {
    client.reply.error("NOPROTO unsupported protocol version");
    return false;
  }
  protocol = static_cast<int>(version);
  for (size_t i = 2; i < args.size(); i++) {
    size_t more = args.size() - 1 - i;
    if (equals_nocase(args[i], "auth") && more >= 2) {
      if (!client.server.get<Authentication>().authenticate(client, args[i + 1], args[i + 2])) {
        client.reply.error(kWrongPassword);
        return false;
      }
      i += 2;
    } else if (equals_nocase(args[i], "setname") && more >= 1) {
      if (!is_client_name(args[i + 1])) {
        client.reply.error(kBadClientName);
        return false;
      }
      client.name = args[i + 1];
      i += 1;
    } else {
      client.reply.error(fmt::format("ERR Syntax error in HELLO option '{}'", until_zero(args[i])));
      return false;
    }
  }
  return true;
}

void answer(Client& client) {
  const ServerIdentity& identity = ServerIdentity::of(client.server);
  Reply& reply = client.reply;
  reply.map(identity.role.empty() ? 6 : 7);
  reply.bulk("server");
  reply.bulk("redis");  // clients look for this name
  reply.bulk("version");
  reply.bulk(kRedisVersion);
  reply.bulk("proto");
  reply.integer(reply.protocol());
  reply.bulk("id");
  reply.integer(static_cast<int64_t>(client.id));
  reply.bulk("mode");
  reply.bulk(identity.mode);
  if (!identity.role.empty()) {
    reply.bulk("role");
    reply.bulk(identity.role);
  }
  reply.bulk("modules");
  reply.empty_array();
}

}  // namespace

void hello_command(Client& client, Args args) {
  std::optional<int> protocol;
  if (!read_options(client, args, protocol)) return;
  if (!client.server.get<Authentication>().allows(client)) {
    client.reply.error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> "
        "<pass> "
        "option can be used to authenticate the client and select the RESP protocol version at the same "
        "time");
    return;
  }
  if (protocol) client.reply.set_protocol(*protocol);
  answer(client);
}

}  // namespace strata::resp
