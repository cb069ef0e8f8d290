// strata-stage8: the data is spread over many servers; or a sentinel, as before.
#include "01_resp_server/install.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/install.h"
#include "03_rdb_snapshot/install.h"
#include "04_aof/install.h"
#include "05_hybrid/install.h"
#include "06_replication/install.h"
#include "07_sentinel/mode.h"
#include "08_cluster/install.h"

int main(int argc, char** argv) {
  if (strata::sentinel::is_wanted(argc, argv)) return strata::sentinel::run(argc, argv);
  strata::resp::Server server;
  strata::resp::install(server);
  strata::db::install(server);
  strata::rdb::install(server);
  strata::aof::install(server);
  strata::hybrid::install(server);
  strata::repl::install(server);
  strata::cluster::install(server);
  return server.main(argc, argv);
}
