// The floor: the least a single-threaded epoll server can do for one request.
//
// Answers "+PONG\r\n" to every request and understands none: in a RESP stream each request holds exactly one
// line that starts with '*', in an inline stream each line is one. No parsing, no table, no timers; what it
// costs per operation is the kernel's share (epoll_wait, read, write), which no server of this shape gets
// below. `./strata bench --floor` compiles it and shows it beside the two servers. Usage: echo --port N;
// other options are ignored, so that it starts like a redis-server. Not part of the product; it trusts its
// client, and a client that does not read its replies is dropped.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr char kPong[] = "+PONG\r\n";

// Requests that begin (RESP) or end (inline) in these bytes. Reads may cut a request anywhere; replying when
// its first byte is seen instead of its last makes no difference to a benchmark's client. All clients share
// the memory of the byte before, which is right as long as they speak the same dialect.
int count_requests(const char* bytes, ssize_t size) {
  static bool inline_stream = false;
  static char before = '\n';
  if (before == '\n' && size > 0) inline_stream = bytes[0] != '*' && bytes[0] != '$';
  int found = 0;
  for (ssize_t i = 0; i < size; ++i) {
    found += inline_stream ? bytes[i] == '\n' : (bytes[i] == '*' && before == '\n');
    before = bytes[i];
  }
  return found;
}

void watch(int poll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

}  // namespace

int main(int argc, char** argv) {
  int port = 0;
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--port") == 0) port = std::atoi(argv[i + 1]);
  }
  if (port == 0) return std::fprintf(stderr, "usage: echo --port N\n"), 2;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || listen(listener, 511) != 0) {
    return std::perror("listen"), 1;
  }
  const int poll = epoll_create1(0);
  watch(poll, listener);

  std::array<epoll_event, 1024> events;
  std::array<char, 16 * 1024> input;
  std::string output;
  while (true) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < ready; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener) {
        const int client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        if (client < 0) continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(poll, client);
        continue;
      }
      const ssize_t size = read(fd, input.data(), input.size());
      if (size <= 0) {
        close(fd);
        continue;
      }
      output.clear();
      for (int n = count_requests(input.data(), size); n > 0; --n) output.append(kPong, sizeof kPong - 1);
      if (write(fd, output.data(), output.size()) != static_cast<ssize_t>(output.size())) close(fd);
    }
  }
}
