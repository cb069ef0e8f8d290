#include "01_resp_server/server/daemon.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "common/files.h"
#include "common/log.h"
#include "common/proc.h"

namespace strata::resp {
namespace {

// Descriptors that are no clients: listening sockets, files, the loop.
constexpr rlim_t kReservedDescriptors = 32;

}  // namespace

void go_to_background() {
  if (fork() != 0) _exit(0);
  setsid();
  const int null = open("/dev/null", O_RDWR);
  if (null < 0) return;
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, fd);
  if (null > STDERR_FILENO) close(null);
}

void write_pid_file(const std::string& path) {
  std::FILE* out = std::fopen(path.c_str(), "we");
  if (out == nullptr) {
    log_warning("Failed to write PID file: {}", std::strerror(errno));
    return;
  }
  std::fprintf(out, "%d\n", getpid());
  std::fclose(out);
}

// --- supervision ---

Supervisor detect_supervisor(bool systemd, bool upstart) {
  if (systemd && std::getenv("NOTIFY_SOCKET") != nullptr) return Supervisor::kSystemd;
  if (upstart && std::getenv("UPSTART_JOB") != nullptr) return Supervisor::kUpstart;
  return Supervisor::kNone;
}

void notify_ready(Supervisor supervisor) {
  if (supervisor == Supervisor::kUpstart) {
    log_notice("supervised by upstart, will stop to signal readiness");
    raise(SIGSTOP);
  }
  const char* path = std::getenv("NOTIFY_SOCKET");
  if (supervisor != Supervisor::kSystemd || path == nullptr) return;
  // The protocol of sd_notify(3): one datagram. '@' stands for the zero byte of an abstract address.
  constexpr std::string_view kReady = "READY=1\nSTATUS=Ready to accept connections\n";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const size_t length = std::min(std::strlen(path), sizeof address.sun_path - 1);
  std::memcpy(address.sun_path, path, length);
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  if (!fd ||
      sendto(fd.get(), kReady.data(), kReady.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&address), size) < 0) {
    log_warning("Can't notify systemd: {}", std::strerror(errno));
  }
}

// --- descriptors ---

Status make_room_for_clients(int64_t* max_clients) {
  const rlim_t wanted = static_cast<rlim_t>(*max_clients) + kReservedDescriptors;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    log_warning("Unable to obtain the current NOFILE limit ({}), assuming 1024.", std::strerror(errno));
    *max_clients = 1024 - static_cast<int64_t>(kReservedDescriptors);
    return {};
  }
  if (limit.rlim_cur >= wanted) return {};

  const rlim_t original = limit.rlim_cur;
  const rlim_t best = raise_open_files_limit(wanted);
  const int failure = errno;
  if (best >= wanted) {
    log_notice("Increased maximum number of open files to {} (it was originally set to {}).", wanted, original);
    return {};
  }
  if (best <= kReservedDescriptors) {
    return Status::error(
        "Your current 'ulimit -n' of {} is not enough for the server to start. Please increase your open "
        "file limit "
        "to at least {}. Exiting.",
        original, wanted);
  }
  const int64_t requested = *max_clients;
  *max_clients = static_cast<int64_t>(best - kReservedDescriptors);
  log_warning("You requested maxclients of {} requiring at least {} max file descriptors.", requested, wanted);
  log_warning("Server can't set maximum open files to {} because of OS error: {}.", wanted, std::strerror(failure));
  log_warning(
      "Current maximum open files is {}. maxclients has been reduced to {} to compensate for low ulimit. If "
      "you need "
      "higher maxclients increase 'ulimit -n'.",
      best, *max_clients);
  return {};
}

Status check_room_for_clients(int64_t max_clients) {
  const rlim_t wanted = static_cast<rlim_t>(max_clients) + kReservedDescriptors;
  const rlim_t allowed = raise_open_files_limit(wanted);
  if (allowed >= wanted) return {};
  return Status::error("The operating system is not able to handle the specified number of clients, try with {}",
                       static_cast<int64_t>(allowed) - static_cast<int64_t>(kReservedDescriptors));
}

// --- title ---

// Goes through a template; `fill` gives the text of a variable or false when there is no such variable.
template <class Fill>
static bool expand(const std::string& text, std::string* out, Fill fill) {
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '{') {
      *out += text[i++];
      continue;
    }
    const size_t close = text.find('}', i);
    if (close == std::string::npos || !fill(std::string_view(text).substr(i + 1, close - i - 1), out)) return false;
    i = close + 1;
  }
  return true;
}

std::string fill_title(const std::string& text, const TitleParts& parts) {
  std::string title;
  expand(text, &title, [&parts](std::string_view name, std::string* out) {
    if (name == "title")
      *out += parts.title;
    else if (name == "listen-addr")
      *out += parts.listen_addr;
    else if (name == "server-mode")
      *out += parts.server_mode;
    else if (name == "port")
      *out += std::to_string(parts.port);
    else if (name == "tls-port")
      *out += "0";
    else if (name == "unixsocket")
      *out += parts.unixsocket;
    else if (name == "config-file")
      *out += parts.config_file;
    else
      return false;
    return true;
  });
  while (!title.empty() && title.back() == ' ') title.pop_back();
  return title;
}

bool is_title_template(const std::string& text) {
  std::string title;
  return expand(text, &title,
                [](std::string_view name, std::string* out) {
                  *out += "x";
                  constexpr std::string_view kNames[] = {"title",    "listen-addr", "server-mode", "port",
                                                         "tls-port", "unixsocket",  "config-file"};
                  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
                }) &&
         !title.empty();
}

}  // namespace strata::resp
