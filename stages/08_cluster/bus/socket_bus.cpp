#include "08_cluster/bus/socket_bus.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "01_resp_server/net/socket.h"
#include "06_replication/net/outbound.h"
#include "08_cluster/wire/packet.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::cluster {

namespace {

constexpr size_t kReadBytes = 64 << 10;
// Longer than any message that clients can publish; a peer that announces more is not one of us.
constexpr size_t kMaxPacketBytes = 1ull << 30;

// "127.0.0.1" of "127.0.0.1:6379", "::1" of "[::1]:6379".
std::string ip_of(const std::string& address) {
  const size_t colon = address.rfind(':');
  std::string ip = address.substr(0, colon);
  if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  return ip == "?" ? "" : ip;
}

}  // namespace

// --- a link ---

SocketLink::~SocketLink() { bus_.loop_.unwatch(socket_.get()); }

std::string SocketLink::peer_ip() const { return ip_of(net::peer_address(socket_.get())); }
std::string SocketLink::local_ip() const { return ip_of(net::local_address(socket_.get())); }

void SocketLink::send(std::shared_ptr<const std::string> packet) {
  if (closed_) return;
  unsent_bytes_ += packet->size();
  output_.push_back(std::move(packet));
  if (output_.size() == 1 && !connecting_) bus_.flush_soon(*this);
}

void SocketLink::want(uint32_t interest) {
  if (interest == interest_) return;
  interest_ = interest;
  (void)bus_.loop_.watch(socket_.get(), interest, this);
}

void SocketLink::fail(const char* what, int error) {
  if (closed_) return;
  log_debug("I/O error {} node link: {}", what, error == 0 ? "connection closed" : std::strerror(error));
  bus_.hooks_.lost(*this);
  node = nullptr;
  bus_.close(*this);
}

void SocketLink::flush() {
  while (!output_.empty() && !closed_) {
    const std::string& packet = *output_.front();
    const ssize_t n =
        ::send(socket_.get(), packet.data() + sent_of_first_, packet.size() - sent_of_first_, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      fail("writing to", errno);
      return;
    }
    sent_of_first_ += static_cast<size_t>(n);
    unsent_bytes_ -= static_cast<size_t>(n);
    if (sent_of_first_ < packet.size()) break;
    output_.pop_front();
    sent_of_first_ = 0;
  }
  if (!closed_) want(output_.empty() ? net::kRead : net::kRead | net::kWrite);
}

void SocketLink::on_writable() {
  if (!connecting_) {
    flush();
    return;
  }
  if (const int error = repl::socket_error(socket_.get()); error != 0) {
    fail("connecting to", error);
    return;
  }
  connecting_ = false;
  want(net::kRead);
  bus_.hooks_.opened(*this);
  if (!output_.empty()) bus_.flush_soon(*this);
}

// [task 8.8] Cut the stream of bytes into packets.
void SocketLink::on_readable() {
  if (connecting_) {
    on_writable();
    return;
  }
  std::vector<char>& scratch = bus_.scratch_;
  ssize_t n = 0;
  do {
    n = ::read(socket_.get(), scratch.data(), scratch.size());
  } while (n < 0 && errno == EINTR);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
  if (n <= 0) {
    fail("reading from", n == 0 ? 0 : errno);
    return;
  }
  // Whole packets are used where they were read; only the beginning of one is kept.
  std::string_view rest(scratch.data(), static_cast<size_t>(n));
  if (!input_.empty()) rest = input_.append(rest);
  while (!closed_) {
    const std::optional<size_t> length = packet_length(rest);
    if (!length || *length > kMaxPacketBytes) {
      log_warning("Bad message length or signature received from Cluster bus.");
      fail("reading from", EPROTO);
      return;
    }
    if (*length == 0 || rest.size() < *length) break;
    bus_.hooks_.received(*this, rest.substr(0, *length));
    rest.remove_prefix(*length);
  }
  if (rest.data() != input_.data()) input_ = std::string(rest);
}

// --- all of them ---

SocketBus::SocketBus(net::EventLoop& loop, Hooks hooks)
    : loop_(loop),
      hooks_(std::move(hooks)),
      scratch_(kReadBytes),
      listener_(loop, [this](int fd, bool) { accept(fd); }) {}

Status SocketBus::listen(const std::vector<std::string>& addresses, int port, int backlog) {
  return listener_.open_tcp(addresses, static_cast<uint16_t>(port), backlog);
}

SocketLink& SocketBus::add(UniqueFd socket) {
  net::set_nodelay(socket.get());
  links_.push_back(std::make_unique<SocketLink>(*this, std::move(socket)));
  SocketLink& link = *links_.back();
  link.created_ms = wall_ms();
  return link;
}

void SocketBus::accept(int fd) {
  UniqueFd socket(fd);
  if (may_accept && !may_accept()) return;
  if (keepalive_seconds > 0) net::set_keepalive(fd, static_cast<int>(keepalive_seconds));
  add(std::move(socket)).want(net::kRead);
}

Link* SocketBus::open(Node& node) {
  Expected<UniqueFd> socket = repl::connect_nonblocking(node.ip, node.bus_port, source_address);
  if (!socket) {
    log_debug("Unable to connect to Cluster Node [{}]:{} -> {}", node.ip, node.bus_port, socket.message());
    return nullptr;
  }
  SocketLink& link = add(std::move(*socket));
  link.connecting_ = true;
  link.want(net::kWrite);
  return &link;
}

// Freed later: whoever calls this may be in the middle of one of its packets.
void SocketBus::close(Link& link) {
  auto& socket_link = static_cast<SocketLink&>(link);
  if (socket_link.closed_) return;
  socket_link.closed_ = true;
  loop_.unwatch(socket_link.socket_.get());
  std::erase(to_flush_, &socket_link);
  if (std::exchange(cleaning_, true)) return;
  loop_.soon([this] {
    cleaning_ = false;
    links_.remove_if([](const auto& each) { return each->closed_; });
  });
}

void SocketBus::enforce_limit(size_t bytes) {
  if (bytes == 0) return;
  for (const auto& link : links_) {
    if (link->closed_ || link->unsent_bytes() <= bytes) continue;
    log_warning("Freeing a cluster link (node {}, {}): {} bytes are not sent, more than cluster-link-sendbuf-limit",
                link->node != nullptr ? link->node->id : "unknown", link->outbound ? "to" : "from",
                link->unsent_bytes());
    ++over_limit;
    hooks_.lost(*link);
    link->node = nullptr;
    close(*link);
  }
}

void SocketBus::flush_soon(SocketLink& link) {
  to_flush_.push_back(&link);
  if (to_flush_.size() == 1) loop_.soon([this] { flush(); });
}

void SocketBus::flush() {
  hooks_.before_flush();
  for (SocketLink* link : std::exchange(to_flush_, {})) link->flush();
}

}  // namespace strata::cluster
