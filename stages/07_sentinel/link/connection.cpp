#include "07_sentinel/link/connection.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "01_resp_server/net/socket.h"
#include "01_resp_server/resp/request_encoder.h"
#include "06_replication/net/outbound.h"

namespace strata::sentinel {

namespace {

constexpr size_t kReadBytes = 16 * 1024;
constexpr int kKeepAliveSeconds = 300;

}  // namespace

Status Connection::open(const std::string& ip, int port, const std::string& source) {
  Expected<UniqueFd> socket = repl::connect_nonblocking(ip, port, source);
  if (!socket) return socket.status();
  socket_ = *std::move(socket);
  connecting_ = true;
  net::set_nodelay(socket_.get());
  net::set_keepalive(socket_.get(), kKeepAliveSeconds);
  Status watched = loop_.watch(socket_.get(), net::kWrite, this);
  if (!watched.ok()) socket_.reset();
  return watched;
}

void Connection::close() {
  if (!socket_) return;
  loop_.unwatch(socket_.get());
  socket_.reset();
}

void Connection::lose() {
  if (!socket_) return;
  close();
  hooks_.on_lost();
}

std::string Connection::local_ip() const {
  if (!socket_) return {};
  const std::string address = net::local_address(socket_.get());
  std::string ip = address.substr(0, address.rfind(':'));
  if (ip.starts_with('[')) ip = ip.substr(1, ip.size() - 2);
  return ip == "?" ? std::string() : ip;
}

void Connection::send(std::span<const std::string_view> words) {
  if (!socket_) return;
  resp::append_request(unsent_, words);
  if (connecting_ || flush_scheduled_) return;
  flush_scheduled_ = true;
  loop_.soon([weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->flush_scheduled_ = false;
      self->flush();
    }
  });
}

void Connection::flush() {
  while (socket_ && !unsent_.empty()) {
    const ssize_t n = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      (void)loop_.watch(socket_.get(), net::kRead | net::kWrite, this);
      return;
    }
    if (n < 0) {
      lose();
      return;
    }
    unsent_.erase(0, static_cast<size_t>(n));
  }
  if (socket_) (void)loop_.watch(socket_.get(), net::kRead, this);
}

void Connection::on_writable() {
  const auto alive = shared_from_this();
  if (connecting_) {
    if (repl::socket_error(socket_.get()) != 0) {
      lose();
      return;
    }
    connecting_ = false;
  }
  flush();
}

void Connection::on_readable() {
  const auto alive = shared_from_this();
  char bytes[kReadBytes];
  const ssize_t n = ::read(socket_.get(), bytes, sizeof bytes);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    lose();
    return;
  }
  parser_.feed({bytes, static_cast<size_t>(n)});
  Value value;
  while (socket_) {
    switch (parser_.next(&value)) {
      case ReplyParser::Result::kReply:
        hooks_.on_reply(value);
        break;
      case ReplyParser::Result::kIncomplete:
        return;
      case ReplyParser::Result::kBroken:
        lose();
        return;
    }
  }
}

}  // namespace strata::sentinel
