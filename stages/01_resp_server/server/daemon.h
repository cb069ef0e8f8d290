// The server as a process among others: in the background, with a pid file, a title, and enough descriptors.
#pragma once

#include <cstdint>
#include <string>

#include "common/status.h"

namespace strata::resp {

// Goes on in a child that has left the terminal; the calling process exits with 0. Must run before any thread
// starts.
void go_to_background();

// Writes the pid and a newline. Failing is only logged: a server without a pid file is still a server.
void write_pid_file(const std::string& path);

// Tells systemd (NOTIFY_SOCKET) or upstart how far the start has come. Nothing happens where neither
// supervises us.
enum class Supervisor : uint8_t { kNone, kSystemd, kUpstart };
Supervisor detect_supervisor(bool systemd, bool upstart);
void notify_ready(Supervisor supervisor);

// Raises the limit of open descriptors for `max_clients` connections, and lowers `max_clients` where the
// system does not allow that many. An error when the server could not run at all.
Status make_room_for_clients(int64_t* max_clients);
// The same for a running server: an error instead of fewer clients.
Status check_room_for_clients(int64_t max_clients);

// The text of the process title, from a template with {title} {listen-addr} {server-mode} {port} {tls-port}
// {unixsocket} {config-file}.
struct TitleParts {
  std::string title, listen_addr, server_mode, unixsocket, config_file;
  int64_t port = 0;
};
bool is_title_template(const std::string& text);
std::string fill_title(const std::string& text, const TitleParts& parts);

}  // namespace strata::resp
