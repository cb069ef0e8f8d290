#include "03_rdb_snapshot/install.h"

#include "03_rdb_snapshot/families.h"

namespace strata::rdb {

void install(resp::Server& server) {
  install_rdb_options(server);  // how a snapshot is written and read
  install_digest(server);       // DEBUG DIGEST: do two servers hold the same?
}

}  // namespace strata::rdb
