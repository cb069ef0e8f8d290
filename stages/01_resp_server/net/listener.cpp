#include "01_resp_server/net/listener.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/log.h"

namespace strata::net {
namespace {

// Accepted in one turn of the loop, so that a flood of connections cannot starve those that are there.
constexpr int kAcceptsPerTurn = 1000;

// The machine lacks the address or its whole family: what an optional address may lack.
bool is_missing(int error) {
  return error == EADDRNOTAVAIL || error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == ENOPROTOOPT ||
         error == ESOCKTNOSUPPORT || error == EPFNOSUPPORT;
}

// Opens one address. Returns an empty descriptor with the reason in `why`; `missing` tells whether the
// machine merely has no such address.
UniqueFd listen_on(const std::string& address, uint16_t port, int backlog, std::string* why, bool* missing) {
  *missing = false;
  const bool any4 = address == "*";
  const bool any6 = address == "::*";
  addrinfo hints{};
  hints.ai_family = any4 ? AF_INET : any6 || address.find(':') != std::string::npos ? AF_INET6 : AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int failure =
      getaddrinfo(any4 || any6 ? nullptr : address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failure != 0) {
    *why = gai_strerror(failure);
    return UniqueFd();
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    UniqueFd fd(socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd) {
      *missing = is_missing(errno);
      *why = std::strerror(errno);
      continue;
    }
    const int on = 1;
    // IPv6 sockets leave IPv4 alone: "*" and "::*" then never collide.
    if (each->ai_family == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd.get(), each->ai_addr, each->ai_addrlen) != 0) {
      *missing = is_missing(errno);
      *why = fmt::format("bind: {}", std::strerror(errno));
      return UniqueFd();
    }
    if (listen(fd.get(), backlog) != 0) {
      *why = fmt::format("listen: {}", std::strerror(errno));
      return UniqueFd();
    }
    return fd;
  }
  return UniqueFd();
}

}  // namespace

// One listening socket on the loop.
class Listener::Socket final : public Watcher {
 public:
  Socket(Listener& owner, UniqueFd fd, std::string address, bool is_unix)
      : owner_(owner), fd_(std::move(fd)), address_(std::move(address)), is_unix_(is_unix) {}
  ~Socket() { owner_.loop_.unwatch(fd_.get()); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  Status watch() { return owner_.loop_.watch(fd_.get(), kRead, this); }
  const std::string& address() const { return address_; }

  void on_readable() override {
    for (int i = 0; i < kAcceptsPerTurn; ++i) {
      const int fd = accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        owner_.accept_(fd, is_unix_);
        continue;
      }
      // The connection went away before it was taken; others may wait behind it.
      if (errno == EINTR || errno == ECONNABORTED) continue;
      // Without descriptors the connection stays in the backlog and the socket readable: the loop comes back
      // to it each turn, until a client leaves.
      if (errno != EAGAIN) log_warning("Accepting client connection: accept: {}", std::strerror(errno));
      return;
    }
  }

 private:
  Listener& owner_;
  UniqueFd fd_;
  std::string address_;
  bool is_unix_;
};

Listener::Listener(EventLoop& loop, Accept accept) : loop_(loop), accept_(std::move(accept)) {}
Listener::~Listener() = default;

size_t Listener::count() const { return tcp_.size() + (unix_ != nullptr ? 1 : 0); }

Status Listener::open_tcp(const std::vector<std::string>& addresses, uint16_t port, int backlog) {
  auto is_optional = [](const std::string& text) { return !text.empty() && text[0] == '-'; };
  auto address_of = [&](const std::string& text) { return text.substr(is_optional(text) ? 1 : 0); };
  if (port == port_) {
    std::erase_if(tcp_, [&](const std::unique_ptr<Socket>& socket) {
      return std::none_of(addresses.begin(), addresses.end(),
                          [&](const std::string& text) { return address_of(text) == socket->address(); });
    });
  }
  std::vector<std::unique_ptr<Socket>> opened;
  for (const std::string& text : addresses) {
    const std::string address = address_of(text);
    const bool have = port == port_ && std::any_of(tcp_.begin(), tcp_.end(),
                                                   [&](const auto& socket) { return socket->address() == address; });
    if (port == 0 || have) continue;
    std::string why;
    bool missing = false;
    UniqueFd fd = listen_on(address, port, backlog, &why, &missing);
    if (fd) {
      opened.push_back(std::make_unique<Socket>(*this, std::move(fd), address, false));
      if (Status watched = opened.back()->watch(); !watched.ok()) return watched;
      continue;
    }
    log_warning("Warning: Could not create server TCP listening socket {}:{}: {}", address, port, why);
    if (!(is_optional(text) && missing)) return Status::error("Failed listening on port {} (TCP), aborting.", port);
  }
  if (port != port_) tcp_.clear();
  port_ = port;
  for (auto& socket : opened) tcp_.push_back(std::move(socket));
  return {};
}

Status Listener::open_unix(const std::string& path, uint32_t mode, int backlog) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return Status::error("Failed opening Unix socket: the path is longer than {} bytes", sizeof address.sun_path - 1);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  unlink(path.c_str());
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return Status::error("Failed opening Unix socket: socket: {}", std::strerror(errno));
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    return Status::error("Failed opening Unix socket: bind: {}", std::strerror(errno));
  }
  // Permissions are set before listen: nobody can connect under the wrong ones.
  if (mode != 0 && chmod(path.c_str(), mode) != 0) {
    return Status::error("Failed opening Unix socket: chmod: {}", std::strerror(errno));
  }
  if (listen(fd.get(), backlog) != 0) {
    return Status::error("Failed opening Unix socket: listen: {}", std::strerror(errno));
  }
  auto socket = std::make_unique<Socket>(*this, std::move(fd), path, true);
  if (Status watched = socket->watch(); !watched.ok()) return watched;
  unix_ = std::move(socket);
  return {};
}

void Listener::close() {
  tcp_.clear();
  unix_.reset();
}

}  // namespace strata::net
