// SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]: an end of the server that a client asks for.
#include "01_resp_server/commands/families.h"
#include "01_resp_server/server/client.h"
#include "01_resp_server/server/server.h"
#include "common/text.h"

namespace strata::resp {
namespace {

// The words after the name. False on a contradiction or an unknown word.
bool read_request(Args words, ShutdownRequest* request, bool* abort) {
  for (const std::string_view word : words) {
    if (equals_nocase(word, "nosave"))
      request->no_save = true;
    else if (equals_nocase(word, "save"))
      request->save = true;
    else if (equals_nocase(word, "now"))
      request->now = true;
    else if (equals_nocase(word, "force"))
      request->force = true;
    else if (equals_nocase(word, "abort"))
      *abort = true;
    else
      return false;
  }
  const bool any = request->no_save || request->save || request->now || request->force;
  return !(*abort && any) && !(request->save && request->no_save);
}

void shutdown_command(Client& c, Args args) {
  ShutdownRequest request;
  bool abort = false;
  if (!read_request(args.subspan(1), &request, &abort)) {
    c.reply.error("ERR syntax error");
    return;
  }
  Shutdown& shutdown = c.server.shutdown;
  if (abort) {
    if (shutdown.abort())
      c.reply.ok();
    else
      c.reply.error("ERR No shutdown in progress.");
    return;
  }
  // A shutdown that succeeds gets no reply: the connection ends. While it takes its time this client waits,
  // and may be gone when it fails.
  c.server.clients.suspend(c);
  shutdown.begin(request, [&server = c.server, id = c.id](bool) {
    Client* client = server.clients.by_id(id);
    if (client == nullptr || client->has(Client::kCloseNow)) return;
    client->reply.error("ERR Errors trying to SHUTDOWN. Check logs.");
    server.clients.schedule_write(*client);
    server.clients.resume(*client);
  });
}

}  // namespace

void install_shutdown_command(Server& server) {
  server.commands.add({.name = "shutdown",
                       .arity = -1,
                       .flags = kAdmin | kNoScript | kLoading | kStale | kNoMulti | kAllowBusy,
                       .run = shutdown_command});
}

}  // namespace strata::resp
