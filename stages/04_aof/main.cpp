// strata-stage4: every write is in a log before it is acknowledged.
#include "01_resp_server/install.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/install.h"
#include "03_rdb_snapshot/install.h"
#include "04_aof/install.h"

int main(int argc, char** argv) {
  strata::resp::Server server;
  strata::resp::install(server);
  strata::db::install(server);
  strata::rdb::install(server);
  strata::aof::install(server);
  return server.main(argc, argv);
}
