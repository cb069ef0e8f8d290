// A server without a process around it, and clients that are connected to it by socket pairs: for tests of
// commands.
//
//   ConnectedServer host;
//   install_connection_commands(host.server);      // whatever is to be tested
//   host.start();
//   TestPeer peer = host.connect();
//   EXPECT_EQ(peer.ask("PING"), "+PONG\r\n");
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "01_resp_server/server/server.h"
#include "common/clock.h"

namespace strata::resp {

class TestPeer {
 public:
  TestPeer(Server& server, int fd) : server_(server), fd_(fd) {}
  TestPeer(TestPeer&& other) noexcept : server_(other.server_), fd_(std::exchange(other.fd_, -1)) {}
  TestPeer(const TestPeer&) = delete;
  TestPeer& operator=(const TestPeer&) = delete;
  ~TestPeer() { close(); }

  // Sends inline commands, one a line.
  void send(std::string_view commands) {
    std::string bytes(commands);
    bytes += "\r\n";
    EXPECT_EQ(::write(fd_, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  // The same, and returns what arrives until the server has nothing more to do.
  std::string ask(std::string_view commands) {
    send(commands);
    // The work of one turn may make some for the next: a write, a close, a command that was put aside.
    for (int turn = 0; turn < 4; turn++) server_.loop.run_once(0);
    return receive();
  }

  // What has arrived; ends with "<closed>" when the server closed the connection.
  std::string receive() {
    char buffer[65536];
    std::string got;
    for (;;) {
      ssize_t n = ::read(fd_, buffer, sizeof buffer);
      if (n == 0) return got + "<closed>";
      if (n < 0) return got;
      got.append(buffer, static_cast<size_t>(n));
    }
  }

  // Turns the loop until something arrives, at most five seconds.
  std::string wait() {
    std::string got;
    for (int64_t end = mono_ms() + 5000; got.empty() && mono_ms() < end; got = receive()) server_.loop.run_once(10);
    return got;
  }

  void close() {
    if (fd_ < 0) return;
    ::close(std::exchange(fd_, -1));
    for (int turn = 0; turn < 2; turn++) server_.loop.run_once(0);
  }

 private:
  Server& server_;
  int fd_;
};

struct ConnectedServer {
  Server server;

  void start() { ASSERT_TRUE(server.start().ok()); }

  TestPeer connect() {
    int pair[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    server.clients.accept(pair[0], true);
    return TestPeer(server, pair[1]);
  }
};

}  // namespace strata::resp
