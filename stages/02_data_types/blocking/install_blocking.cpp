// Clients that wait for a key.
#include "01_resp_server/commands/client_pause.h"
#include "02_data_types/blocking/blocked_clients.h"
#include "02_data_types/blocking/waiting_commands.h"
#include "02_data_types/families.h"

namespace strata::db {

void install_blocking(Server& server) {
  auto& blocked = server.own<BlockedClients>(server, server.get<Keyspace>(), server.get<WriteStream>());
  install_list_waits(server);
  install_sorted_set_waits(server);
  server.info.section("clients").add([&](resp::InfoWriter& out) {
    out.field("blocked_clients", blocked.count() + server.get<resp::ClientPause>().held_count());
  });
}

}  // namespace strata::db
