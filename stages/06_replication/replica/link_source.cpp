#include "06_replication/replica/link_source.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/clock.h"

namespace strata::repl {

namespace {

constexpr int kIdleMs = 1;  // how long clients wait at most while the master is silent

}  // namespace

Expected<size_t> LinkSource::read(std::span<char> room) {
  if (left_) room = room.first(std::min<uint64_t>(room.size(), *left_));
  if (room.empty()) return size_t{0};
  size_t got = std::min(room.size(), received_.size());
  if (got > 0) {
    std::memcpy(room.data(), received_.data(), got);
    received_.remove_prefix(got);
  } else {
    const Expected<size_t> n = receive(room);
    if (!n || *n == 0) {
      broken_ = true;
      return n;
    }
    got = *n;
  }
  taken_ += got;
  if (left_) *left_ -= got;
  return got;
}

Expected<size_t> LinkSource::receive(std::span<char> room) {
  for (const int64_t begin_ms = mono_ms();;) {
    const ssize_t n = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
    if (n >= 0) return static_cast<size_t>(n);
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return Status::from_errno("reading from the master");
    if (mono_ms() - begin_ms > timeout_ms_) return Status::error("the master is silent for too long");
    if (idle && !idle()) return Status::error("interrupted");
    pollfd wanted{.fd = socket_, .events = POLLIN, .revents = 0};
    (void)::poll(&wanted, 1, kIdleMs);
  }
}

}  // namespace strata::repl
