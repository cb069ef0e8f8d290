// strata-stage1: a RESP server with a keyspace of strings.
#include "01_resp_server/install.h"
#include "01_resp_server/server/server.h"

int main(int argc, char** argv) {
  strata::resp::Server server;
  strata::resp::install(server);
  return server.main(argc, argv);
}
