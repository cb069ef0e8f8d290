// Listening sockets: TCP on any number of addresses, and one unix socket.
//
// An address is written as in the `bind` option:
//   *        all IPv4 addresses            127.0.0.1, ::1, localhost   one address (names are resolved)
//   ::*      all IPv6 addresses            -ADDRESS                    may be missing on this machine
//
// open_tcp can be called again with other addresses or another port. On the same port, sockets that are not
// wanted any more are closed first ("*" would stand in the way of "127.0.0.1"); when that fails, call it with
// the old addresses.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "01_resp_server/net/event_loop.h"
#include "common/files.h"
#include "common/status.h"

namespace strata::net {

class Listener {
 public:
  // Called with every accepted descriptor (non-blocking, close-on-exec), which then belongs to the callee.
  using Accept = std::function<void(int fd, bool unix_socket)>;

  Listener(EventLoop& loop, Accept accept);
  ~Listener();

  // Port 0 or no addresses: no TCP. Every address that cannot be listened on is logged; unless it is optional
  // and missing on this machine, that is an error.
  Status open_tcp(const std::vector<std::string>& addresses, uint16_t port, int backlog);
  // Replaces a socket left over by a dead server. `mode` 0: permissions as the umask has them.
  Status open_unix(const std::string& path, uint32_t mode, int backlog);
  void close();

  size_t count() const;
  size_t tcp_count() const { return tcp_.size(); }

 private:
  class Socket;
  EventLoop& loop_;
  Accept accept_;
  std::vector<std::unique_ptr<Socket>> tcp_;
  uint16_t port_ = 0;
  std::unique_ptr<Socket> unix_;
};

}  // namespace strata::net
