#include "06_replication/net/outbound.h"

#include <netdb.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

namespace strata::repl {

namespace {

using Addresses = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

Expected<Addresses> look_up(const std::string& host, const char* port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), port, &hints, &found); error != 0) {
    return Status::error("{}: {}", host, ::gai_strerror(error));
  }
  return Addresses(found, ::freeaddrinfo);
}

Status bind_to(int fd, int family, const std::string& source) {
  Expected<Addresses> addresses = look_up(source, nullptr);
  if (!addresses) return addresses.status();
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    if (address->ai_family == family && ::bind(fd, address->ai_addr, address->ai_addrlen) == 0) return {};
  }
  return Status::from_errno("bind to " + source);
}

}  // namespace

Expected<UniqueFd> connect_nonblocking(const std::string& host, int port, const std::string& source) {
  Expected<Addresses> addresses = look_up(host, std::to_string(port).c_str());
  if (!addresses) return addresses.status();
  Status failed = Status::error("{}: no address", host);
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    UniqueFd socket(::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) {
      failed = Status::from_errno("socket");
    } else if (Status bound = source.empty() ? Status() : bind_to(socket.get(), address->ai_family, source); !bound) {
      failed = std::move(bound);
    } else if (::connect(socket.get(), address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS) {
      return socket;
    } else {
      failed = Status::from_errno("connect to " + host);
    }
  }
  return failed;
}

int socket_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

}  // namespace strata::repl
