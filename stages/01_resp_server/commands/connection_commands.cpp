// The commands by which a connection introduces itself, checks that the server is there, starts over and
// leaves.
#include "01_resp_server/commands/auth.h"
#include "01_resp_server/commands/client_reset.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/hello.h"

namespace strata::resp {

static void ping_command(Client& client, Args args) {
  if (args.size() > 2) {
    client.reply.error("ERR wrong number of arguments for 'ping' command");
    return;
  }
  if (client.kind == ClientClass::kPubsub && !client.reply.resp3()) {
    // A RESP2 subscriber tells messages and replies apart by their shape only, so the answer has a message's.
    client.reply.array(2);
    client.reply.bulk("pong");
    client.reply.bulk(args.size() == 2 ? args[1] : std::string_view(""));
    return;
  }
  if (args.size() == 2) {
    client.reply.bulk(args[1]);
  } else {
    client.reply.raw("+PONG\r\n");
  }
}

static void echo_command(Client& client, Args args) { client.reply.bulk(args[1]); }

static void quit_command(Client& client, Args) {
  client.reply.ok();
  client.set(Client::kCloseAfterReply);
}

static void reset_command(Client& client, Args) {
  if (client.kind == ClientClass::kReplica || client.kind == ClientClass::kMaster) {
    client.reply.error("ERR can only reset normal client connections");
    return;
  }
  ClientReset::of(client.server).run(client);
  client.db = 0;
  client.name.clear();
  client.unset(Client::kReplyOff);
  client.unset(Client::kReplySkipNext);
  client.reply.set_muted(client.has(Client::kReplySkip));  // a skipped RESET stays without an answer
  client.reply.set_protocol(2);
  client.server.get<Authentication>().start_over(client);
  client.reply.simple("RESET");
}

void install_connection_commands(Server& server) {
  server.own<Authentication>(server);

  constexpr uint64_t kAlways = kNoScript | kLoading | kStale | kFast | kNoAuth | kAllowBusy;
  server.commands.add({.name = "auth", .arity = -2, .flags = kAlways, .run = auth_command});
  server.commands.add({.name = "echo", .arity = 2, .flags = kLoading | kStale | kFast, .run = echo_command});
  server.commands.add({.name = "hello", .arity = -1, .flags = kAlways, .run = hello_command});
  server.commands.add({.name = "ping",
                       .arity = -1,
                       .flags = kFast,
                       .tips = {"request_policy:all_shards", "response_policy:all_succeeded"},
                       .run = ping_command});
  server.commands.add({.name = "quit", .arity = -1, .flags = kAlways, .run = quit_command});
  server.commands.add({.name = "reset", .arity = 1, .flags = kAlways, .run = reset_command});
}

}  // namespace strata::resp
