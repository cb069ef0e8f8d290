// strata-stage2: all data types, expiry, eviction, transactions, blocking.
#include "02_data_types/install.h"

#include "01_resp_server/install.h"
#include "01_resp_server/server/server.h"

int main(int argc, char** argv) {
  strata::resp::Server server;
  strata::resp::install(server);
  strata::db::install(server);
  return server.main(argc, argv);
}
