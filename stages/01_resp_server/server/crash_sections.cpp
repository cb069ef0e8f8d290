#include "01_resp_server/server/crash_sections.h"

#include <string>

#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/server/server.h"
#include "01_resp_server/server/slowlog.h"
#include "common/crash.h"
#include "common/text.h"

namespace strata::resp {

namespace {

// The client whose command is running; null between commands.
Client* running_client(const Server& server) {
  Client* found = nullptr;
  server.clients.each([&found](Client& client) {
    if (client.current != nullptr) found = &client;
  });
  return found;
}

// The server that reports tell of: a process has one, save for tests, which make one after the other.
Server* g_reported = nullptr;

// Ends with the server that owns it.
class Reported {
 public:
  explicit Reported(Server& server) { g_reported = &server; }
  ~Reported() { g_reported = nullptr; }
  Reported(const Reported&) = delete;
  Reported& operator=(const Reported&) = delete;
};

void print_client(CrashWriter& out, void*) {
  if (g_reported == nullptr) return;
  Server& server = *g_reported;
  Client* client = running_client(server);
  if (client == nullptr) {
    out.text("no command was running\n");
    return;
  }
  std::string line;
  ClientLines::of(server).append(line, *client);
  out.text(line);
  out.text("\ncommand: ");
  out.text(client->current->full_name);
  out.text("\n");
  // Cut and without passwords, as in the slow log.
  Redaction::Secret secret = Redaction::of(server).find(*client->current);
  const std::vector<std::string> args = Slowlog::cut(client->parser().args(), secret);
  for (size_t i = 0; i < args.size(); i++) {
    out.text("argv[");
    out.number(static_cast<int64_t>(i));
    out.text("]: ");
    out.text(quote(args[i]));
    out.text("\n");
  }
}

void print_info(CrashWriter& out, void*) {
  if (g_reported != nullptr) out.text(g_reported->info.render({"everything"}));
}

}  // namespace

void install_crash_sections(Server& server) {
  server.own<Reported>(server);
  static bool added = false;
  if (added) return;
  added = true;
  add_crash_section("CURRENT CLIENT INFO", print_client);
  add_crash_section("INFO OUTPUT", print_info);
}

}  // namespace strata::resp
