// The options of the server itself: where it listens, how it runs as a process, what it logs, limits of
// clients.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/server/config.h"
#include "common/log.h"

namespace strata::resp {

class Client;
class Server;

struct CoreOptions {
  static constexpr size_t kMaxAddresses = 16;
  enum class Supervised : uint8_t { kUpstart, kSystemd, kAuto, kNo };

  std::vector<std::string> bind = {"*", "-::*"};
  int64_t port = 6379;
  int64_t tcp_backlog = 511;
  std::string unixsocket;
  int64_t unixsocketperm = 0;  // 0: as the umask has it

  bool daemonize = false;
  Supervised supervised = Supervised::kNo;
  std::string pidfile;
  std::string invoked_as;  // the program's name as it was called
  bool set_proc_title = true;
  std::string title_template;

  LogLevel log_level = LogLevel::kNotice;
  std::string logfile;  // empty: standard output
  bool syslog_enabled = false;
  std::string syslog_ident;
  std::string syslog_facility;
  bool crash_log = true;
  bool always_show_logo = false;

  int64_t hz = 10;  // as configured; Server::hz is what the timers use
  bool dynamic_hz = true;
  ProtectedAccess debug_command = ProtectedAccess::kNo;  // enable-debug-command
};

// Declares them; found again by server.get<CoreOptions>(). Also makes the listener
// (server.get<net::Listener>()).
void install_core_options(Server& server);

// Whether an option like enable-debug-command lets this client do what it guards ("local": the client is on
// this machine).
bool allows(ProtectedAccess access, const Client& client);

// The frequency for `hz` as configured and this many clients (dynamic-hz).
int64_t effective_hz(const CoreOptions& options, size_t clients);

// Brings the process title up to date (set-proc-title). `program` is what stands in place of the program's name, for a
// child; empty: its own.
void refresh_title(Server& server, std::string_view program = {});

}  // namespace strata::resp
