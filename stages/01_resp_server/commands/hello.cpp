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

struct HelloRequest {
  std::optional<int> protocol;
  std::optional<std::string_view> user;
  std::string_view password;
  std::optional<std::string_view> name;
};

// False when an error was answered. Nothing of the request takes effect before all of it is understood.
bool parse(Client& client, Args args, HelloRequest& request) {
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
  request.protocol = static_cast<int>(version);
  for (size_t i = 2; i < args.size(); i++) {
    size_t more = args.size() - 1 - i;
    if (equals_nocase(args[i], "auth") && more >= 2) {
      request.user = args[i + 1];
      request.password = args[i + 2];
      i += 2;
    } else if (equals_nocase(args[i], "setname") && more >= 1) {
      request.name = args[i + 1];
      if (!is_client_name(*request.name)) {
        client.reply.error(kBadClientName);
        return false;
      }
      i += 1;
    } else {
      client.reply.error(fmt::format("ERR Syntax error in HELLO option '{}'", args[i]));
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
  HelloRequest request;
  if (!parse(client, args, request)) return;
  auto& authentication = client.server.get<Authentication>();
  if (request.user && !authentication.authenticate(client, *request.user, request.password)) {
    client.reply.error(kWrongPassword);
    return;
  }
  if (!authentication.allows(client)) {
    client.reply.error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> "
        "<pass> "
        "option can be used to authenticate the client and select the RESP protocol version at the same "
        "time");
    return;
  }
  if (request.name) client.name = *request.name;
  if (request.protocol) client.reply.set_protocol(*request.protocol);
  answer(client);
}

}  // namespace strata::resp
