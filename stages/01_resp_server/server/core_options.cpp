#include "01_resp_server/server/core_options.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "01_resp_server/net/listener.h"
#include "01_resp_server/net/socket.h"
#include "01_resp_server/server/daemon.h"
#include "01_resp_server/server/option_types.h"
#include "01_resp_server/server/output_limit_option.h"
#include "01_resp_server/server/server.h"
#include "01_resp_server/server/version.h"
#include "common/crash.h"
#include "common/proc.h"
#include "common/text.h"

namespace strata::resp {
namespace {

using Words = Config::Words;
constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();
constexpr int64_t kMaxHz = 500;
constexpr size_t kClientsPerTick = 200;  // looked at by one call of the timer, at most

// --- where it listens ---

Status listen_again(Server& server, const char* error) {
  const auto& options = server.get<CoreOptions>();
  const Status opened = server.get<net::Listener>().open_tcp(options.bind, static_cast<uint16_t>(options.port),
                                                             static_cast<int>(options.tcp_backlog));
  refresh_title(server);
  return opened.ok() ? Status() : Status::error(error);
}

void declare_bind(Server& server, CoreOptions& options) {
  CustomOption bind;
  bind.default_text = fmt::format("{}", fmt::join(options.bind, " "));
  bind.get = [&options] { return fmt::format("{}", fmt::join(options.bind, " ")); };
  bind.set = [&options](const Words& words) {
    if (words.size() > CoreOptions::kMaxAddresses) return Status::error("Too many bind addresses specified.");
    options.bind = words;
    if (words.size() == 1 && words[0].empty()) options.bind.clear();
    return Status();
  };
  server.config.custom("bind", std::move(bind), "addresses to listen on",
                       {.multi = true, .on_change = [&server] {
                          return listen_again(server, "Failed to bind to specified addresses.");
                        }});
}

void declare_listening(Server& server, CoreOptions& options) {
  Config& config = server.config;
  declare_bind(server, options);
  config.integer("port", &options.port, 6379, 0, 65535, "TCP port; 0: none", {.on_change = [&server] {
                   return listen_again(server, "Unable to listen on this port. Check server logs.");
                 }});
  config.integer("tcp-backlog", &options.tcp_backlog, 511, 0, kIntMax, "connections waiting to be accepted",
                 {.immutable = true});
  config.text("unixsocket", &options.unixsocket, "", "path of the unix socket", {.immutable = true});
  config.octal("unixsocketperm", &options.unixsocketperm, 0, 0, 0777, "its permissions", {.immutable = true});
}

// --- clients ---

void declare_clients(Server& server) {
  Config& config = server.config;
  Clients& clients = server.clients;
  config.integer("maxclients", &clients.max_clients, 10000, 1, std::numeric_limits<uint32_t>::max(),
                 "connections at the same time",
                 {.on_change = [&clients] { return check_room_for_clients(clients.max_clients); }});
  config.integer("timeout", &clients.timeout_seconds, 0, 0, kIntMax,
                 "seconds until an idle client is closed; 0: never");
  config.integer("tcp-keepalive", &clients.keepalive_seconds, 300, 0, kIntMax, "seconds between probes; 0: none");
  config.flag("protected-mode", &clients.protected_mode, true,
              "without a password, accept connections from this machine only");
  config.memory("proto-max-bulk-len", &clients.max_bulk, 512ll << 20, 1ll << 20, Config::kNoMaximum,
                "longest argument of a command");
  config.memory("client-query-buffer-limit", &clients.query_buffer_limit, 1ll << 30, 1ll << 20, Config::kNoMaximum,
                "most bytes a client may have sent ahead");
  config.add(std::make_unique<OutputLimitOption>(clients.limits));
}

// --- the process ---

void declare_dir(Config& config) {
  CustomOption dir;
  dir.get = [] {
    const std::unique_ptr<char, void (*)(void*)> path(getcwd(nullptr, 0), std::free);
    return std::string(path == nullptr ? "" : path.get());
  };
  dir.set = [](const Words& words) {
    return chdir(words[0].c_str()) == 0 ? Status() : Status::error(std::string(std::strerror(errno)));
  };
  // The folder of the next start need not be that of this one.
  dir.always_rewritten = true;
  dir.rewrite = [get = dir.get] { return std::vector<std::string>{"dir " + quote(get())}; };
  config.custom("dir", std::move(dir), "working directory", {.protect = true});
}

// "save now force", or "default".
void declare_signal_shutdown(Config& config, const char* name, ShutdownRequest* request) {
  CustomOption option;
  option.default_text = "default";
  option.get = [request] {
    std::string text;
    if (request->save) text += "save ";
    if (request->no_save) text += "nosave ";
    if (request->now) text += "now ";
    if (request->force) text += "force ";
    if (text.empty()) return std::string("default");
    text.pop_back();
    return text;
  };
  option.set = [request](const Words& words) {
    ShutdownRequest wanted;
    for (const std::string& word : words) {
      if (equals_nocase(word, "save"))
        wanted.save = true;
      else if (equals_nocase(word, "nosave"))
        wanted.no_save = true;
      else if (equals_nocase(word, "now"))
        wanted.now = true;
      else if (equals_nocase(word, "force"))
        wanted.force = true;
      else if (!equals_nocase(word, "default")) {
        return Status::error(one_of_error({"default", "save", "nosave", "now", "force"}));
      }
    }
    if (wanted.save && wanted.no_save) {
      return Status::error("shutdown options SAVE and NOSAVE can't be used simultaneously");
    }
    *request = wanted;
    return Status();
  };
  config.custom(name, std::move(option), "how this signal ends the server", {.multi = true});
}

void declare_process(Server& server, CoreOptions& options) {
  Config& config = server.config;
  using Supervised = CoreOptions::Supervised;
  declare_dir(config);
  config.flag("daemonize", &options.daemonize, false, "run in the background", {.immutable = true});
  config.choice<Supervised>("supervised", &options.supervised, Supervised::kNo,
                            {{"upstart", Supervised::kUpstart},
                             {"systemd", Supervised::kSystemd},
                             {"auto", Supervised::kAuto},
                             {"no", Supervised::kNo}},
                            "who is told that the server is ready", {.immutable = true});
  config.text("pidfile", &options.pidfile, "", "file with the pid", {.immutable = true});
  config.flag("set-proc-title", &options.set_proc_title, true, "tell ps more than the command line",
              {.immutable = true});
  constexpr const char* kTitle = "{title} {listen-addr} {server-mode}";
  options.title_template = kTitle;
  CustomOption title;
  title.default_text = kTitle;
  title.get = [&options] { return options.title_template; };
  title.set = [&options](const Words& words) {
    if (!is_title_template(words[0])) {
      return Status::error("template format is invalid or contains unknown variables");
    }
    options.title_template = words[0];
    return Status();
  };
  title.rewrite = [&options] {
    return std::vector<std::string>{"proc-title-template " + quote(options.title_template)};
  };
  config.custom("proc-title-template", std::move(title), "what it tells", {.on_change = [&server] {
                  refresh_title(server);
                  return Status();
                }});
  declare_signal_shutdown(config, "shutdown-on-sigint", &server.shutdown.on_sigint);
  declare_signal_shutdown(config, "shutdown-on-sigterm", &server.shutdown.on_sigterm);
  config.integer("hz", &options.hz, 10, 0, kIntMax, "rounds of the timers per second", {.on_change = [&options] {
                   options.hz = std::clamp<int64_t>(options.hz, 1, kMaxHz);
                   return Status();
                 }});
  config.flag("dynamic-hz", &options.dynamic_hz, true, "more rounds when there are many clients");
}

void declare_log(Config& config, CoreOptions& options) {
  config.choice<LogLevel>("loglevel", &options.log_level, LogLevel::kNotice,
                          {{"debug", LogLevel::kDebug},
                           {"verbose", LogLevel::kVerbose},
                           {"notice", LogLevel::kNotice},
                           {"warning", LogLevel::kWarning}},
                          "least important line that is logged", {.on_change = [&options] {
                            set_log_level(options.log_level);
                            return Status();
                          }});
  CustomOption logfile;
  logfile.get = [&options] { return options.logfile; };
  logfile.set = [&options](const Words& words) {
    options.logfile = words[0];
    return Status();
  };
  // Empty is a value like any other here: a line `logfile ""` stays in the file.
  logfile.rewrite = [&options] { return std::vector<std::string>{"logfile " + quote(options.logfile)}; };
  config.custom("logfile", std::move(logfile), "file of the log; empty: standard output", {.immutable = true});
  config.flag("syslog-enabled", &options.syslog_enabled, false, "log to syslog too", {.immutable = true});
  config.text("syslog-ident", &options.syslog_ident, "redis", "name in syslog", {.immutable = true});
  CustomOption facility;
  options.syslog_facility = facility.default_text = "local0";
  facility.get = [&options] { return options.syslog_facility; };
  facility.set = [&options](const Words& words) {
    static const std::vector<std::string_view> kFacilities = {"user",   "local0", "local1", "local2", "local3",
                                                              "local4", "local5", "local6", "local7"};
    const std::string lower = to_lower(words[0]);
    if (std::find(kFacilities.begin(), kFacilities.end(), lower) == kFacilities.end()) {
      return Status::error(one_of_error(kFacilities));
    }
    options.syslog_facility = lower;
    return Status();
  };
  config.custom("syslog-facility", std::move(facility), "facility in syslog", {.immutable = true});
  config.flag("crash-log-enabled", &options.crash_log, true, "report a crash in the log", {.on_change = [&options] {
                if (options.crash_log)
                  install_crash_handlers(fmt::format("Strata {}", kStrataVersion));
                else
                  remove_crash_handlers();
                return Status();
              }});
  config.flag("always-show-logo", &options.always_show_logo, false, "show the banner in a log file too",
              {.immutable = true});
}

void declare_protection(Config& config, CoreOptions& options) {
  const std::vector<std::pair<std::string_view, ProtectedAccess>> values = {
      {"no", ProtectedAccess::kNo}, {"yes", ProtectedAccess::kYes}, {"local", ProtectedAccess::kLocal}};
  config.choice<ProtectedAccess>("enable-protected-configs", &config.enable_protected, ProtectedAccess::kNo, values,
                                 "who may CONFIG SET dir and dbfilename", {.immutable = true});
  config.choice<ProtectedAccess>("enable-debug-command", &options.debug_command, ProtectedAccess::kNo, values,
                                 "who may run DEBUG", {.immutable = true});
}

}  // namespace

void install_core_options(Server& server) {
  auto& options = server.own<CoreOptions>();
  server.own<net::Listener>(server.loop, [&server](int fd, bool is_unix) { server.clients.accept(fd, is_unix); });
  declare_listening(server, options);
  declare_clients(server);
  declare_process(server, options);
  declare_log(server.config, options);
  declare_protection(server.config, options);
  server.config.directive("rename-command", [&server](const Words& words) {
    if (words.size() != 2) return Status::error("Bad directive or wrong number of arguments");
    return server.commands.rename(words[0], words[1]);
  });
}

bool allows(ProtectedAccess access, const Client& client) {
  if (access != ProtectedAccess::kLocal) return access == ProtectedAccess::kYes;
  return client.has(Client::kUnixSocket) || (client.fd >= 0 && net::is_loopback_peer(client.fd));
}

int64_t effective_hz(const CoreOptions& options, size_t clients) {
  int64_t hz = std::clamp<int64_t>(options.hz, 1, kMaxHz);
  if (!options.dynamic_hz) return hz;
  while (clients / static_cast<size_t>(hz) > kClientsPerTick && hz < kMaxHz) hz *= 2;
  return std::min(hz, kMaxHz);
}

void refresh_title(Server& server, std::string_view program) {
  const auto& options = server.get<CoreOptions>();
  if (!options.set_proc_title) return;
  TitleParts parts;
  parts.title = program.empty() ? options.invoked_as : program;
  parts.port = options.port;
  parts.unixsocket = options.unixsocket;
  parts.config_file = server.config.file;
  const std::string address = options.bind.empty() ? "*" : options.bind[0];
  parts.listen_addr = options.port != 0 ? fmt::format("{}:{}", address, options.port) : options.unixsocket;
  set_process_title(fill_title(options.title_template, parts));
}

}  // namespace strata::resp
