#include "03_rdb_snapshot/install.h"

#include "03_rdb_snapshot/families.h"

namespace strata::rdb {

void install(resp::Server& server) {
  install_rdb_options(server);   // how a snapshot is written and read
  install_value_codecs(server);  // ... and the values in it

  install_loading(server);        // what the last process left is read at the start
  install_fork_child(server);     // one child at a time, seen in INFO
  install_save(server);           // when a snapshot is taken: SAVE BGSAVE, save points, shutdown
  install_dump_commands(server);  // DUMP RESTORE: one value
  install_function_dump(server);  // FUNCTION DUMP/RESTORE: the libraries of functions
  install_debug_reload(server);   // DEBUG RELOAD: a restart without one
  install_digest(server);         // DEBUG DIGEST: do two servers hold the same?
}

}  // namespace strata::rdb
