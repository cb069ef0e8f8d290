#include "01_resp_server/commands/client_kill.h"

#include <fmt/format.h>

#include <optional>

#include "01_resp_server/commands/client_list.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

namespace {

struct KillFilter {
  std::optional<std::string_view> address;
  std::optional<std::string_view> local_address;
  std::optional<ClientClass> kind;
  std::optional<std::string_view> user;
  std::optional<uint64_t> id;
  bool skip_me = true;

  bool matches(Client& client) const {
    if (id && client.id != *id) return false;
    if (kind && client.kind != *kind) return false;
    if (user && client.user != *user) return false;
    if (address && client.peer_address() != *address) return false;
    return !local_address || client.local_address() == *local_address;
  }
};

// False when an error was answered.
bool parse_filter(Client& client, std::string_view name, std::string_view value, KillFilter& filter) {
  Reply& reply = client.reply;
  if (equals_nocase(name, "id")) {
    int64_t id = 0;
    if (!parse_int64(value, &id) || id < 1) {
      reply.error("ERR client-id should be greater than 0");
      return false;
    }
    filter.id = static_cast<uint64_t>(id);
  } else if (equals_nocase(name, "type")) {
    ClientClass kind;
    if (!parse_client_class(value, &kind)) {
      reply.error(fmt::format("ERR Unknown client type '{}'", until_zero(value)));
      return false;
    }
    filter.kind = kind;
  } else if (equals_nocase(name, "addr")) {
    filter.address = value;
  } else if (equals_nocase(name, "laddr")) {
    filter.local_address = value;
  } else if (equals_nocase(name, "user")) {
    if (value != "default") {
      reply.error(fmt::format("ERR No such user '{}'", until_zero(value)));
      return false;
    }
    filter.user = value;
  } else if (equals_nocase(name, "skipme") && (equals_nocase(value, "yes") || equals_nocase(value, "no"))) {
    filter.skip_me = equals_nocase(value, "yes");
  } else {
    reply.error("ERR syntax error");
    return false;
  }
  return true;
}

}  // namespace

void client_kill_command(Client& client, Args args) {
  KillFilter filter;
  bool by_address_only = args.size() == 3;
  if (by_address_only) {
    filter.address = args[2];
    filter.skip_me = false;
  } else {
    for (size_t i = 2; i < args.size(); i += 2) {
      if (i + 1 == args.size()) {
        client.reply.error("ERR syntax error");
        return;
      }
      if (!parse_filter(client, args[i], args[i + 1], filter)) return;
    }
  }

  int64_t killed = 0;
  bool own = false;
  client.server.clients.each([&](Client& each) {
    if (each.has(Client::kCloseNow) || !filter.matches(each)) return;
    if (&each == &client) {
      if (filter.skip_me) return;
      own = true;
    } else {
      client.server.clients.close(each);
    }
    killed++;
  });

  if (!by_address_only) {
    client.reply.integer(killed);
  } else if (killed > 0) {
    client.reply.ok();
  } else {
    client.reply.error("ERR No such client");
  }
  if (own) client.set(Client::kCloseAfterReply);
}

}  // namespace strata::resp
