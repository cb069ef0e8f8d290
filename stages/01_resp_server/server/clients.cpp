#include "01_resp_server/server/clients.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "01_resp_server/net/socket.h"
#include "01_resp_server/server/server.h"
#include "common/assert.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/text.h"

namespace strata::resp {

namespace {

constexpr size_t kReadBytes = 64 * 1024;       // shared scratch: what one client is read per turn
constexpr size_t kReadBigBytes = 1024 * 1024;  // of a big bulk, which needs no copy
constexpr size_t kWriteBytes = 256 * 1024;     // written per client and turn; the rest waits for its next turn

constexpr std::string_view kTooManyClients = "-ERR max number of clients reached\r\n";
constexpr std::string_view kTooManyConnections = "-ERR max number of clients + cluster connections reached\r\n";
constexpr std::string_view kProtectedMode =
    "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the "
    "default user. In this mode connections are only accepted from the loopback interface. To accept others, set a "
    "password (requirepass), or turn the mode off (protected-mode no) once the port is closed to strangers, then "
    "connect again.\r\n";

bool nothing_to_send(const Client& client) {
  return client.out.empty() && (client.source == nullptr || client.source->pending_bytes() == 0);
}

}  // namespace

Clients::Clients(Server& server) : server_(server), lookahead_(server.commands), scratch_(kReadBytes) {}

Clients::~Clients() { close_all(); }

void Clients::close_all() {
  while (!by_id_.empty()) free(*by_id_.begin()->second);
}

void Clients::accept(int fd, bool unix_socket) {
  std::string_view refusal;
  // Those that are closed at the end of this turn have left already.
  if (connections() - to_close_.size() >= static_cast<size_t>(max_clients)) {
    refusal = other_connections ? kTooManyConnections : kTooManyClients;
  } else if (protected_mode && !password_required && !unix_socket && !net::is_loopback_peer(fd)) {
    refusal = kProtectedMode;
  }
  if (!refusal.empty()) {
    // One attempt: whoever is refused does not get to hold the server up.
    [[maybe_unused]] ssize_t sent = ::send(fd, refusal.data(), refusal.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::close(fd);
    server_.stats.rejected_connections++;
    return;
  }
  net::set_nonblocking(fd);
  if (!unix_socket) {
    net::set_nodelay(fd);
    if (keepalive_seconds > 0) net::set_keepalive(fd, static_cast<int>(keepalive_seconds));
  }
  auto made = std::make_unique<Client>(server_, fd, next_id_++);
  Client& client = *made;
  if (unix_socket) client.set(Client::kUnixSocket);
  if (Status watched = server_.loop.watch(fd, net::kRead, &client); !watched.ok()) {
    log_warning("Error registering fd event for the new client: {}", watched.message());
    ::close(fd);
    return;
  }
  by_id_.emplace(client.id, std::move(made));
  server_.stats.connections_received++;
  for (auto& hook : open_hooks_) hook(client);
}

std::unique_ptr<Client> Clients::make_internal() {
  auto client = std::make_unique<Client>(server_, -1, next_id_++);
  client->set(Client::kInternal);
  return client;
}

Client* Clients::by_id(uint64_t id) const {
  auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second.get();
}

void Clients::each(const std::function<void(Client&)>& visit) const {
  for (auto& [id, client] : by_id_) visit(*client);
}

void Clients::close(Client& client) {
  if (client.has(Client::kCloseNow) || client.has(Client::kInternal)) return;
  client.set(Client::kCloseNow);
  to_close_.push_back(&client);
}

void Clients::free(Client& client) {
  for (auto& hook : close_hooks_) hook(client);
  if (client.has(Client::kWritePending)) std::erase(to_write_, &client);
  server_.loop.unwatch(client.fd);
  ::close(client.fd);
  by_id_.erase(client.id);
}

void Clients::readable(Client& client) {
  if ((client.flags & (Client::kCloseNow | Client::kCloseAfterReply)) || &client == busy_) return;
  InputBuffer& input = client.input();
  std::span<char> big = client.parser().big_bulk_space();
  char* into = nullptr;
  size_t room = 0;
  bool own = false;
  if (!big.empty()) {
    into = big.data();
    room = std::min(big.size(), kReadBigBytes);
  } else if (input.size() > 0) {
    into = input.reserve(kReadBytes / 4);
    room = input.room();
    own = true;
  } else {
    into = scratch_.data();
    room = scratch_.size();
  }
  ssize_t n = ::read(client.fd, into, room);
  if (n <= 0) {
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n < 0) {
      log_verbose("Reading from client: {}", std::strerror(errno));
    } else {
      log_verbose("Client closed connection id={} addr={}", client.id, client.peer_address());
    }
    close(client);
    return;
  }
  client.last_active_ms = server_.loop.now_ms();
  server_.stats.net_input_bytes += static_cast<uint64_t>(n);
  server_.stats.reads_processed++;
  if (!big.empty()) {
    client.parser().big_bulk_filled(static_cast<size_t>(n));
  } else if (own) {
    input.filled(static_cast<size_t>(n));
  } else {
    input.borrow(into, static_cast<size_t>(n));
  }
  process_input(client);
}

// Announces the keys of the commands at the start of the input. Returns after how many commands to look again.
size_t Clients::look_ahead(Client& client) {
  constexpr size_t kNever = SIZE_MAX;
  if (prefetcher == nullptr || !prefetcher->worthwhile(client)) return kNever;
  auto lookups = lookahead_.lookups_in(client.input().data());
  if (lookups.size() < 2) return kNever;  // nothing to overlap with
  prefetcher->prefetch(client, lookups);
  return lookahead_.commands();
}

void Clients::process_input(Client& client) {
  constexpr uint32_t kNoMore = Client::kCloseNow | Client::kCloseAfterReply | Client::kSuspended;
  InputBuffer& input = client.input();
  RequestParser& parser = client.parser();
  ParserLimits parser_limits{static_cast<uint64_t>(max_bulk), client.authenticated};
  server_.begin_batch();
  Client* outer = std::exchange(serving_, &client);
  size_t until_look = 0;
  while ((client.flags & kNoMore) == 0) {
    if (until_look-- == 0) until_look = parser.between_commands() ? look_ahead(client) - 1 : SIZE_MAX;
    RequestParser::Result result = parser.next(input, parser_limits);
    if (result == RequestParser::Result::kNeedMore) break;
    if (result == RequestParser::Result::kError) {
      protocol_error(client);
      break;
    }
    server_.execute(client, parser.args());
    parser_limits.authenticated = client.authenticated;
  }
  serving_ = outer;
  input.settle();
  if (!client.out.empty()) {
    schedule_write(client);
  } else if (client.has(Client::kCloseAfterReply)) {
    close(client);
  }
  size_t held = input.memory_bytes() + parser.memory_bytes();
  if (held > server_.stats.largest_input) server_.stats.largest_input = held;
  // What was received counts, not the room for what was announced: replies to earlier commands leave first.
  if (held > static_cast<size_t>(query_buffer_limit) &&
      input.size() + parser.big_bytes() > static_cast<size_t>(query_buffer_limit)) {
    log_warning("Closing client that reached max query buffer length: id={} addr={} qbuf={}", client.id,
                client.peer_address(), held);
    server_.stats.client_query_limit_closed++;
    close(client);
  }
}

void Clients::protocol_error(Client& client) {
  if (log_enabled(LogLevel::kVerbose)) {
    log_verbose("Protocol error ({}) from client: id={} addr={}. Query buffer during protocol error: {}",
                client.parser().error(), client.id, client.peer_address(), quote(client.input().data().substr(0, 128)));
  }
  client.reply.error("ERR " + client.parser().error());
  client.set(Client::kCloseAfterReply);
}

void Clients::schedule_write(Client& client) {
  if (client.flags & (Client::kWritePending | Client::kWriteWatched | Client::kCloseNow | Client::kInternal)) return;
  client.set(Client::kWritePending);
  to_write_.push_back(&client);
}

void Clients::suspend(Client& client) { client.set(Client::kSuspended); }

void Clients::resume(Client& client) {
  if (!client.has(Client::kSuspended)) return;
  client.unset(Client::kSuspended);
  // Not at once: whoever resumes may be in the middle of another client's command.
  to_resume_.push_back(client.id);
}

bool Clients::write(Client& client) {
  if (client.out.empty() && client.source != nullptr) client.source->refill(client);
  ssize_t n = client.out.write_to(client.fd, kWriteBytes);
  if (n < 0) {
    log_verbose("Error writing to client: {}", std::strerror(errno));
    return false;
  }
  server_.stats.net_output_bytes += static_cast<uint64_t>(n);
  server_.stats.writes_processed++;
  if (n > 0) client.last_active_ms = server_.loop.now_ms();
  return !(client.out.empty() && client.has(Client::kCloseAfterReply));
}

void Clients::writable(Client& client) {
  if (client.has(Client::kCloseNow)) return;
  server_.replies.run();  // among what is left from earlier turns may be a reply of this one
  if (!write(client)) {
    close(client);
    return;
  }
  if (nothing_to_send(client)) {
    client.unset(Client::kWriteWatched);
    [[maybe_unused]] Status watched = server_.loop.watch(client.fd, net::kRead, &client);
  }
}

void Clients::end_of_turn() {
  // Running, writing and closing may each make work for the others; the loop sleeps only when none is left.
  while (!to_resume_.empty() || !to_write_.empty() || !to_close_.empty()) {
    for (uint64_t id : std::exchange(to_resume_, {})) {
      Client* client = by_id(id);
      if (client != nullptr && !client->has(Client::kSuspended)) process_input(*client);
    }
    if (!to_write_.empty()) {
      server_.replies.run();
      write_all();
    }
    if (to_close_.size() == 1 && to_close_[0] == busy_) return;
    for (Client* client : std::exchange(to_close_, {})) {
      if (client == busy_) {
        to_close_.push_back(client);
      } else {
        free(*client);
      }
    }
  }
}

void Clients::serve_while_busy(Client* busy) {
  if (busy_ != nullptr) return;  // one level is enough
  busy_ = busy;
  // What the busy client sent may lie in the shared buffer.
  std::vector<char> aside = std::exchange(scratch_, std::vector<char>(kReadBytes));
  server_.loop.serve_sockets();
  end_of_turn();
  scratch_ = std::move(aside);
  busy_ = nullptr;
}

void Clients::write_all() {
  for (Client* client : to_write_) {
    client->unset(Client::kWritePending);
    if (client->has(Client::kCloseNow)) continue;
    if (!write(*client)) {
      close(*client);
    } else if (!nothing_to_send(*client)) {
      client->set(Client::kWriteWatched);
      uint32_t interest = client->has(Client::kCloseAfterReply) ? net::kWrite : net::kRead | net::kWrite;
      if (!server_.loop.watch(client->fd, interest, client).ok()) close(*client);
    }
  }
  to_write_.clear();
}

// [task 1.13] Close a client that does not read what it is sent.
void Clients::check_output_limit(Client& client) {
  size_t used = client.out.pending_bytes() + (client.source == nullptr ? 0 : client.source->held_bytes());
  if (used > server_.stats.largest_output) server_.stats.largest_output = used;
  const OutputLimit& limit = limits[static_cast<size_t>(client.kind)];
  const uint64_t least = client.kind == ClientClass::kReplica ? least_replica_limit : 0;
  bool hard = limit.hard_bytes != 0 && used >= std::max(limit.hard_bytes, least);
  bool soft = limit.soft_bytes != 0 && used >= limit.soft_bytes;
  if (soft) {
    if (client.soft_limit_since_ms == 0) {
      client.soft_limit_since_ms = server_.loop.now_ms();
      soft = false;
    } else {
      soft = server_.loop.now_ms() - client.soft_limit_since_ms > limit.soft_seconds * 1000;
    }
  } else {
    client.soft_limit_since_ms = 0;
  }
  if ((!hard && !soft) || client.has(Client::kCloseNow)) return;
  log_warning("Client id={} addr={} closed for overcoming of output buffer limits (omem={}).", client.id,
              client.peer_address(), used);
  server_.stats.client_output_limit_closed++;
  close(client);
}

// [task 1.13] Look at a share of the clients: limits, and those that were idle for too long.
void Clients::periodic() {
  // A share of the clients each time, so that all of them are looked at once a second.
  size_t budget = std::max<size_t>(5, by_id_.size() / static_cast<size_t>(std::max<int64_t>(server_.hz, 1)) + 1);
  budget = std::min(budget, by_id_.size());
  auto it = by_id_.upper_bound(last_checked_);
  for (; budget > 0; budget--) {
    if (it == by_id_.end()) it = by_id_.begin();
    Client& client = *it->second;
    last_checked_ = client.id;
    ++it;
    check_output_limit(client);
    bool may_time_out =
        client.kind == ClientClass::kNormal && !client.has(Client::kMonitor) && !client.has(Client::kSuspended);
    if (timeout_seconds > 0 && may_time_out && server_.loop.now_ms() - client.last_active_ms > timeout_seconds * 1000) {
      log_verbose("Closing idle client");
      close(client);
    }
  }
}

}  // namespace strata::resp
