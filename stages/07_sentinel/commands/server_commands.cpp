// The rest of a sentinel's commands: those of a server that make sense without data, some of them with another meaning.
#include <algorithm>
#include <array>
#include <string_view>

#include "01_resp_server/commands/help.h"
#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"
#include "07_sentinel/monitor/hello_exchange.h"

namespace strata::sentinel {

namespace {

constexpr std::array<std::string_view, 12> kKept = {"auth",       "client",       "command",   "hello",
                                                    "info",       "ping",         "publish",   "shutdown",
                                                    "psubscribe", "punsubscribe", "subscribe", "unsubscribe"};

// Other sentinels say hello by PUBLISH. Nobody listens to that channel here, so there is nothing else to it.
void publish_command(Client& client, Args args) {
  if (args[1] != kHelloChannel) {
    client.reply.error("ERR Only HELLO messages are accepted by Sentinel instances.");
    return;
  }
  take_hello(sentinel_of(client), args[2]);
  client.reply.integer(1);
}

void role_command(Client& client, Args) {
  const Sentinel& sentinel = sentinel_of(client);
  client.reply.array(2);
  client.reply.bulk("sentinel");
  client.reply.array(sentinel.masters.size());
  for (const auto& [name, master] : sentinel.masters) client.reply.bulk(name);
}

// --- ACL: there is one user ---

void acl_whoami_command(Client& client, Args) { client.reply.bulk(client.user); }

void acl_users_command(Client& client, Args) {
  client.reply.array(1);
  client.reply.bulk("default");
}

void acl_help_command(Client& client, Args) {
  resp::reply_help(client, "ACL",
                   {
                       "USERS",
                       "    List all the registered usernames.",
                       "WHOAMI",
                       "    Return the current connection username.",
                   });
}

CommandSpec acl_subcommand(std::string_view name, uint64_t flags, resp::Handler run) {
  CommandSpec spec;
  spec.name = name;
  spec.arity = 2;
  spec.flags = flags | resp::kLoading | resp::kStale;
  spec.run = run;
  return spec;
}

void install_acl(resp::Server& server) {
  CommandSpec acl;
  acl.name = "acl";
  acl.arity = -2;
  acl.subcommands = {
      acl_subcommand("whoami", resp::kNoScript, acl_whoami_command),
      acl_subcommand("users", resp::kAdmin | resp::kNoScript, acl_users_command),
      acl_subcommand("help", 0, acl_help_command),
  };
  server.commands.add(std::move(acl));
}

}  // namespace

void install_server_commands(resp::Server& server) {
  std::vector<std::string> unwanted;
  server.commands.each([&unwanted](CommandSpec& spec) {
    if (std::find(kKept.begin(), kKept.end(), spec.name) == kKept.end()) unwanted.emplace_back(spec.name);
    if (spec.name == "publish") spec.run = publish_command;
  });
  for (const std::string& name : unwanted) (void)server.commands.rename(name, "");
  CommandSpec role;
  role.name = "role";
  role.arity = 1;
  role.flags = resp::kNoScript | resp::kLoading | resp::kStale | resp::kFast;
  role.categories = resp::kCatAdmin | resp::kCatDangerous;
  role.run = role_command;
  server.commands.add(std::move(role));
  install_acl(server);
}

}  // namespace strata::sentinel
