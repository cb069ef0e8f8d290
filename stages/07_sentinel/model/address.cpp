#include "07_sentinel/model/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <memory>

#include "common/text.h"

namespace strata::sentinel {

std::string resolve(const std::string& host, bool names) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = names ? 0 : AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (host.empty() || ::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> addresses(found, ::freeaddrinfo);
  char text[INET6_ADDRSTRLEN] = "";
  if (found->ai_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(found->ai_addr)->sin_addr, text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6*>(found->ai_addr)->sin6_addr, text, sizeof text);
  }
  return text;
}

BadAddress make_address(const std::string& host, int64_t port, bool names, bool unresolved, Address* out) {
  if (port < 0 || port > 65535) return BadAddress::kPort;
  Address made{host, resolve(host, names), static_cast<int>(port)};
  if (made.ip.empty() && !(names && unresolved)) return BadAddress::kHost;
  *out = std::move(made);
  return BadAddress::kNone;
}

bool same(const Address& a, const Address& b) {
  if (a.port != b.port) return false;
  return (!a.ip.empty() && a.ip == b.ip) || equals_nocase(a.host, b.host);
}

bool is_at(const Address& address, const std::string& host, int port, bool names) {
  if (port != address.port) return false;
  // Most often the text says it already, which spares the look-up.
  if (equals_nocase(host, address.host) || host == address.ip) return true;
  const std::string ip = resolve(host, names);
  return !ip.empty() && ip == address.ip;
}

std::string host_and_port(std::string_view host, int port) {
  return host.find(':') == host.npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

}  // namespace strata::sentinel
