// Small facts and settings of connected sockets. None of these takes ownership; failures of settings are ignored where
// the connection works without them.
#pragma once

#include <string>

namespace strata::net {

void set_nonblocking(int fd);
void set_nodelay(int fd);
// First probe after `seconds` of silence; a dead peer is noticed after about twice that.
void set_keepalive(int fd, int seconds);

// "127.0.0.1:6379", "[::1]:6379"; of a unix socket "/path:0"; "?:0" when the socket is gone.
std::string peer_address(int fd);
std::string local_address(int fd);

bool is_loopback_peer(int fd);

}  // namespace strata::net
