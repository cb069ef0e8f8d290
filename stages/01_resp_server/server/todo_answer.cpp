#include "01_resp_server/server/todo_answer.h"

#include <fmt/format.h>

#include "01_resp_server/server/server.h"
#include "common/todo.h"

namespace strata::resp {

namespace {

Server* g_answering = nullptr;

// What the handler still writes after the missing part would be a second reply: it is muted until the command ends.
// Where a reply may have begun already, or no command was found yet, nobody could tell where the next one starts: the
// connection is closed behind the error.
void answer(const char* task) {
  Client* client = g_answering->clients.serving();
  if (client == nullptr || client->has(Client::kReplySkip)) return;  // a timer's work; or it was answered already
  bool in_command = client->current != nullptr;
  bool something_waits = !client->out.empty();
  if (!in_command && something_waits) return;  // behind a reply that is complete
  client->reply.error(fmt::format("ERR TODO {0}: this task is not written yet (./strata hint {0})", task));
  client->reply.set_muted(true);
  if (in_command) client->set(Client::kReplySkip);
  if (!in_command || something_waits) client->set(Client::kCloseAfterReply);
}

}  // namespace

void answer_todos(Server& server) {
  g_answering = &server;
  set_todo_listener(answer);
}

}  // namespace strata::resp
