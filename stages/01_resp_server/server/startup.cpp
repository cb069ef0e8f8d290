// The life of the process, in order:
//
//   command line -> configuration file -> background -> signals, limits -> sockets -> start hooks (data is
//   loaded) -> "Ready to accept connections" -> the loop -> shutdown phases -> exit code
//
// Until the sockets are open the log shows the role C (as of a child): nobody is served yet.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "01_resp_server/commands/hello.h"
#include "01_resp_server/net/listener.h"
#include "01_resp_server/server/command_line.h"
#include "01_resp_server/server/config_file.h"
#include "01_resp_server/server/core_options.h"
#include "01_resp_server/server/daemon.h"
#include "01_resp_server/server/late_directives.h"
#include "01_resp_server/server/self_checks.h"
#include "01_resp_server/server/server.h"
#include "01_resp_server/server/signals.h"
#include "01_resp_server/server/todo_answer.h"
#include "01_resp_server/server/version.h"
#include "common/crash.h"
#include "common/files.h"
#include "common/log.h"
#include "common/numbers.h"
#include "common/proc.h"
#include "common/text.h"

namespace strata::resp {
namespace {

constexpr const char* kDefaultPidFile = "/var/run/redis.pid";
constexpr int64_t kRateSampleMs = 100;

// Relative to the folder the process was started in; `dir` moves it later.
std::string absolute_path(const std::string& path) {
  if (path.empty() || path[0] == '/') return path;
  const std::unique_ptr<char, void (*)(void*)> folder(getcwd(nullptr, 0), std::free);
  std::string rest = path;
  std::string base = folder == nullptr ? "" : folder.get();
  while (rest.starts_with("./") || rest.starts_with("../")) {
    if (rest[1] == '.') base.resize(std::min(base.rfind('/'), base.size()));
    rest.erase(0, rest.find('/') + 1);
  }
  return base + "/" + rest;
}

std::string path_of_executable(const std::string& invoked_as) {
  char path[4096];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return length > 0 ? std::string(path, static_cast<size_t>(length)) : absolute_path(invoked_as);
}

// --- configuration ---

// Everything is read as one text, the options of the command line behind the file.
std::optional<ConfigFileError> read_configuration(Server& server, const CommandLine& line) {
  std::string text;
  if (!line.file.empty()) {
    server.config.file = absolute_path(line.file);
    if (auto error = load_text(server.config.file, &text)) return error;
  }
  if (line.from_stdin) {
    log_warning("Reading config from stdin");
    text += read_stdin();
  }
  if (!line.options.empty()) text += "\n" + line.options;
  return read_config_text(server.config, text, server.config.file, &LateDirectives::of(server));
}

bool configure(Server& server, const CommandLine& line) {
  if (const auto error = read_configuration(server, line)) {
    if (error->line == 0) {
      log_warning("{}", describe(*error));
    } else {
      std::fputs(describe(*error).c_str(), stderr);
    }
    return false;
  }
  const auto& options = server.get<CoreOptions>();
  if (!options.logfile.empty()) {
    // Lines that could not be written would go unnoticed: better not to start.
    std::FILE* log = std::fopen(options.logfile.c_str(), "ae");
    if (log == nullptr) {
      std::fputs(fmt::format("\n*** FATAL CONFIG FILE ERROR (Redis {}) ***\nCan't open the log file: {}\n",
                             kRedisVersion, std::strerror(errno))
                     .c_str(),
                 stderr);
      return false;
    }
    std::fclose(log);
  }
  set_log_level(options.log_level);
  set_log_file(options.logfile);
  if (options.crash_log) install_crash_handlers(fmt::format("Strata {}", kStrataVersion));
  if (options.syslog_enabled) (void)enable_syslog(options.syslog_ident, options.syslog_facility);
  return true;
}

// --- sockets ---

Status open_sockets(Server& server) {
  const auto& options = server.get<CoreOptions>();
  auto& listener = server.get<net::Listener>();
  const int backlog = static_cast<int>(options.tcp_backlog);
  if (Status tcp = listener.open_tcp(options.bind, static_cast<uint16_t>(options.port), backlog); !tcp.ok()) return tcp;
  if (!options.unixsocket.empty()) {
    const auto mode = static_cast<uint32_t>(options.unixsocketperm);
    if (Status opened = listener.open_unix(options.unixsocket, mode, backlog); !opened.ok()) return opened;
  }
  if (listener.count() == 0) return Status::error("Configured to not listen anywhere, exiting.");
  return {};
}

// --- what it says ---

void say_starting(bool without_arguments, const std::string& program) {
  log_warning("oO0OoO0OoO0Oo Strata is starting oO0OoO0OoO0Oo");
  log_warning("Strata version={}, bits={}, commit=00000000, modified=0, pid={}, just started", kRedisVersion,
              sizeof(void*) * 8, getpid());
  if (without_arguments) {
    log_warning(
        "Warning: no config file specified, using the default config. In order to specify a config file use "
        "{} "
        "/path/to/redis.conf",
        program);
  } else {
    log_warning("Configuration loaded");
  }
}

void say_running(Server& server) {
  const auto& options = server.get<CoreOptions>();
  const std::string_view mode = ServerIdentity::of(server).mode;
  const bool on_terminal = options.logfile.empty() && !options.syslog_enabled && isatty(STDOUT_FILENO) != 0;
  if (!options.always_show_logo && !on_terminal) {
    log_notice("Running mode={}, port={}.", mode, options.port);
    return;
  }
  log_raw(
      fmt::format("\n"
                  "    ______________\n"
                  "   /_____________/|     Strata, compatible with Redis {}, {} bit\n"
                  "   |_____________|/|\n"
                  "   |_____________|/|    Running in {} mode\n"
                  "   |_____________|/|    Port: {}\n"
                  "   |_____________|/     PID: {}\n"
                  "\n",
                  kRedisVersion, sizeof(void*) * 8, mode, options.port, getpid()));
}

void warn_about_system(const CoreOptions& options) {
  int64_t somaxconn = 0;
  const auto text = read_file("/proc/sys/net/core/somaxconn");
  if (text && parse_int64(trim(*text), &somaxconn) && somaxconn < options.tcp_backlog) {
    log_warning(
        "WARNING: The TCP backlog setting of {} cannot be enforced because /proc/sys/net/core/somaxconn is "
        "set to the "
        "lower value of {}.",
        options.tcp_backlog, somaxconn);
  }
  if (const std::string warning = overcommit_warning(); !warning.empty()) log_warning("{}", warning);
}

// --- timers and the end ---

void start_timers(Server& server) {
  auto& options = server.get<CoreOptions>();
  server.hz = effective_hz(options, 0);
  auto id = std::make_shared<net::TimerId>();
  *id = server.every(1000 / server.hz, [&server, &options, id] {
    server.clients.periodic();
    const int64_t hz = effective_hz(options, server.clients.count());
    if (hz == server.hz) return;
    server.hz = hz;
    server.loop.set_period(*id, 1000 / hz);
  });
  server.every(kRateSampleMs, [&server] {
    ServerStats& stats = server.stats;
    const int64_t now = server.loop.now_ms();
    stats.commands_rate.sample(now, stats.commands_processed);
    stats.input_rate.sample(now, stats.net_input_bytes);
    stats.output_rate.sample(now, stats.net_output_bytes);
  });
}

void close_at_shutdown(Server& server) {
  server.shutdown.add(ShutdownPhase::kClose, [&server](const ShutdownRequest&) {
    const auto& options = server.get<CoreOptions>();
    if (!options.pidfile.empty()) {
      log_notice("Removing the pid file.");
      unlink(options.pidfile.c_str());
    }
    server.get<net::Listener>().close();
    if (!options.unixsocket.empty()) {
      log_notice("Removing the unix socket file.");
      unlink(options.unixsocket.c_str());
    }
    return Shutdown::Answer::kDone;
  });
}

void run_until_shutdown(Server& server, Supervisor supervisor) {
  const auto& options = server.get<CoreOptions>();
  if (server.get<net::Listener>().tcp_count() > 0) log_notice("Ready to accept connections");
  if (!options.unixsocket.empty()) {
    log_notice("The server is now ready to accept connections at {}", options.unixsocket);
  }
  notify_ready(supervisor);
  server.loop.run();
}

// [task 1.5] Say why the server does not start; the result is its exit code.
int fail(const Status& status) {
  log_warning("{}", status.message());
  return 1;
}

}  // namespace

int Server::main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  init_process_title(argc, argv);
  set_log_role('C');
  auto& options = get<CoreOptions>();
  options.invoked_as = arguments.empty() ? "strata-server" : arguments[0];
  executable = path_of_executable(options.invoked_as);

  const CommandLine line = parse_command_line(arguments);
  if (line.exit_code) return *line.exit_code;
  if (!configure(*this, line)) return 1;
  if (Status accepted = LateDirectives::of(*this).check(); !accepted.ok()) return fail(accepted);

  using Supervised = CoreOptions::Supervised;
  const bool either = options.supervised == Supervised::kAuto;
  const Supervisor supervisor = detect_supervisor(either || options.supervised == Supervised::kSystemd,
                                                  either || options.supervised == Supervised::kUpstart);
  if (options.daemonize && supervisor == Supervisor::kNone) {
    go_to_background();
    if (options.pidfile.empty()) options.pidfile = kDefaultPidFile;
  }
  say_starting(line.without_arguments, options.invoked_as);

  set_log_role(ServerIdentity::of(*this).log_role);
  catch_signals(*this);
  answer_todos(*this);
  if (Status room = make_room_for_clients(&clients.max_clients); !room.ok()) return fail(room);
  log_notice("monotonic clock: POSIX clock_gettime");
  if (Status sockets = open_sockets(*this); !sockets.ok()) return fail(sockets);
  if (!options.pidfile.empty()) write_pid_file(options.pidfile);
  refresh_title(*this);
  say_running(*this);
  log_warning("Server initialized");
  warn_about_system(options);

  close_at_shutdown(*this);
  start_timers(*this);
  if (Status started = start(); !started.ok()) return fail(started);
  if (!shutdown.stopping()) run_until_shutdown(*this, supervisor);  // while data was loaded it may have come already
  log_warning("Strata is now ready to exit, bye bye...");
  release_signals();
  return shutdown.exit_code;
}

}  // namespace strata::resp
