// Attaches the documentation of all of stage 2's commands.
#include "01_resp_server/server/server.h"
#include "02_data_types/commands/docs/docs.h"
#include "02_data_types/families.h"

namespace strata::db {

void install_data_type_docs(resp::Server& server) {
  document_list_commands(server.commands);
  document_hash_commands(server.commands);
  document_set_commands(server.commands);
  document_sorted_set_commands(server.commands);
  document_bitmap_commands(server.commands);
  document_hyperloglog_commands(server.commands);
  document_geo_commands(server.commands);
  document_transaction_commands(server.commands);
  document_sort_commands(server.commands);
  document_scripting_commands(server.commands);
}

}  // namespace strata::db
