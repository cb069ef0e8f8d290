#include "07_sentinel/install.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "01_resp_server/server/core_options.h"
#include "01_resp_server/server/late_directives.h"
#include "07_sentinel/commands/families.h"
#include "07_sentinel/options/directives.h"
#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

namespace {

constexpr int64_t kPort = 26379;

// A sentinel that cannot write down its votes must not give any.
// [task 7.1] Refuse to start without a file to write to.
Status check_config_file(const std::string& file) {
  set_log_role('X');
  if (file.empty()) return Status::error("Sentinel needs config file on disk to save state. Exiting...");
  if (::access(file.c_str(), W_OK) == 0) return {};
  return Status::error("Sentinel config file {} is not writable: {}. Exiting...", file, std::strerror(errno));
}

}  // namespace

void install(resp::Server& server) {
  auto& sentinel = server.own<Sentinel>(server);

  server.get<resp::CoreOptions>().port = kPort;
  server.clients.protected_mode = false;  // others must be able to reach it
  for (const char* option : {"databases", "activerehashing", "lfu-log-factor", "lfu-decay-time", "save"}) {
    server.config.inert(option, "", {.multi = true});  // of the keyspace, which is not there
  }
  declare_directives(sentinel);  // the lines of the configuration file that begin with "sentinel"

  install_server_commands(server);          // what is left of a server's commands, and ROLE, ACL
  install_sentinel_command(server);         // SENTINEL ...
  install_sentinel_info(server, sentinel);  // INFO

  resp::LateDirectives::of(server).when_read([&server] { return check_config_file(server.config.file); });
  server.on_start([&sentinel] {
    sentinel.start();
    return Status();
  });
}

}  // namespace strata::sentinel
