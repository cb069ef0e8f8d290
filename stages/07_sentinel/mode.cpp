#include "07_sentinel/mode.h"

#include <string_view>

#include "01_resp_server/install.h"
#include "01_resp_server/server/server.h"
#include "07_sentinel/install.h"

namespace strata::sentinel {

// [task 7.1] Tell from the arguments whether this process is to be a sentinel.
bool is_wanted(int argc, char** argv) {
  for (int i = 1; i < argc; i++) {
    if (std::string_view(argv[i]) == "--sentinel") return true;
  }
  const std::string_view path = argc > 0 ? argv[0] : "";
  const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is the start
  return name.find("redis-sentinel") != name.npos || name.find("strata-sentinel") != name.npos;
}

int run(int argc, char** argv) {
  resp::Server server;
  resp::install_server(server);
  sentinel::install(server);
  return server.main(argc, argv);
}

}  // namespace strata::sentinel
