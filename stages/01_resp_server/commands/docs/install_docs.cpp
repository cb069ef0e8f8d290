#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/server/server.h"

namespace strata::resp {

void install_command_docs(Server& server) {
  document_connection_commands(server.commands);
  document_server_commands(server.commands);
  document_pubsub_commands(server.commands);
  document_string_commands(server.commands);
  document_generic_commands(server.commands);
}

}  // namespace strata::resp
