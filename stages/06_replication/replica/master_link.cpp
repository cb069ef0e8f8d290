#include "06_replication/replica/master_link.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "01_resp_server/net/socket.h"
#include "01_resp_server/resp/request_encoder.h"
#include "01_resp_server/server/core_options.h"
#include "06_replication/net/outbound.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/numbers.h"

namespace strata::repl {

namespace {

constexpr size_t kReadBytes = 256 * 1024;
constexpr size_t kIdDigits = 40;
constexpr size_t kLongestLine = 4096;

}  // namespace

MasterLink::MasterLink(resp::Server& server, const Options& options, ReplicationStream& stream, ImageLoader& loader,
                       std::string host, int port, Hooks hooks)
    : server_(server),
      options_(options),
      stream_(stream),
      loader_(loader),
      host_(std::move(host)),
      port_(port),
      hooks_(std::move(hooks)),
      reader_(server, options, stream) {
  reader_.on_getack = [this] { acknowledge(); };
}

MasterLink::~MasterLink() {
  if (socket_) server_.loop.unwatch(socket_.get());
}

void MasterLink::watch() {
  if (loading_) return;
  const uint32_t wanted = state_ == State::kConnecting ? net::kWrite
                          : unsent_.empty()            ? net::kRead
                                                       : net::kRead | net::kWrite;
  (void)server_.loop.watch(socket_.get(), wanted, this);
}

void MasterLink::enter(State state) {
  const bool was_up = up();
  state_ = state;
  if (was_up != up() && hooks_.changed) hooks_.changed();
}

// --- the connection ---

void MasterLink::connect() {
  log_notice("Connecting to MASTER {}:{}", host_, port_);
  Expected<UniqueFd> socket = connect_nonblocking(host_, port_);
  if (!socket) {
    log_warning("Unable to connect to MASTER: {}", socket.message());
    return;
  }
  socket_ = *std::move(socket);
  last_io_ms_ = server_.loop.now_ms();
  log_notice("MASTER <-> REPLICA sync started");
  enter(State::kConnecting);
  watch();
}

// [task 6.3] The socket is open: say PING and see whether somebody is there.
void MasterLink::connected() {
  if (const int error = socket_error(socket_.get()); error != 0) {
    drop(fmt::format("Error condition on socket for SYNC: {}", std::strerror(error)));
    return;
  }
  log_notice("Non blocking connect for SYNC fired the event.");
  if (!options_.disable_nodelay) net::set_nodelay(socket_.get());
  enter(State::kGreeting);
  send_command({"PING"});
}

void MasterLink::drop(std::string_view why) {
  if (!why.empty()) log_warning("{}", why);
  if (socket_) server_.loop.unwatch(socket_.get());
  socket_.reset();
  if (up()) {
    down_since_ms_ = server_.loop.now_ms();
    log_notice("Connection with master lost.");
    resumable_ = moment_.offset >= 0;  // a master of old has told no offset: there is nothing to go on from
  }
  file_.drop();
  line_.clear();
  unsent_.clear();
  reader_.forget_unapplied();
  enter(State::kConnect);
}

void MasterLink::send(std::string_view bytes) {
  unsent_.append(bytes);
  while (!unsent_.empty()) {
    const ssize_t n = ::send(socket_.get(), unsent_.data(), unsent_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;  // full: later; broken: the next read tells
    unsent_.erase(0, static_cast<size_t>(n));
  }
  watch();
}

void MasterLink::send_command(std::initializer_list<std::string_view> words) {
  std::string request;
  resp::append_request(request, std::span(words.begin(), words.size()));
  send(request);
}

void MasterLink::on_writable() {
  if (state_ == State::kConnecting) {
    connected();
  } else {
    send({});
  }
}

void MasterLink::on_readable() {
  char bytes[kReadBytes];
  const ssize_t n = ::read(socket_.get(), bytes, sizeof bytes);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) {
    drop(up() ? ""
              : fmt::format("I/O error reading from MASTER: {}", n == 0 ? "connection lost" : std::strerror(errno)));
    if (n == 0) retry();  // a link that is lost is tried again at once
    return;
  }
  last_io_ms_ = server_.loop.now_ms();
  std::string_view rest(bytes, static_cast<size_t>(n));
  while (!rest.empty() && socket_) {
    if (state_ == State::kConnected) return follow_stream(rest);
    if (state_ == State::kReceiving) {
      if (!take_image(&rest)) return;
      continue;
    }
    const size_t end = rest.find('\n');
    line_.append(rest.substr(0, end));
    if (end == std::string_view::npos) {
      if (line_.size() > kLongestLine) drop("Too long a line from MASTER");
      return;
    }
    rest.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    const std::string line = std::exchange(line_, {});
    if (!take_line(line, &rest)) return;
  }
}

// --- the conversation ---

// [task 6.3] Go on as the answer says; false when the link was dropped.
bool MasterLink::take_line(std::string_view line, std::string_view* rest) {
  if (line.empty()) return true;  // a sign of life
  switch (state_) {
    case State::kGreeting: {
      const bool fine = line.starts_with('+') || line.starts_with("-NOAUTH") || line.starts_with("-NOPERM") ||
                        line.starts_with("-ERR operation not permitted");
      if (!fine) {
        drop(fmt::format("Error reply to PING from master: '{}'", line));
        return false;
      }
      log_notice("Master replied to PING, replication can continue...");
      introduce();
      return true;
    }
    case State::kIntroducing:
      if (std::exchange(password_asked_, false) && line.starts_with('-')) {
        drop(fmt::format("Unable to AUTH to MASTER: {}", line.substr(1)));
        return false;
      }
      if (line.starts_with('-')) log_notice("(Non critical) Master does not understand REPLCONF: {}", line);
      if (--answers_left_ == 0) ask();
      return true;
    case State::kAsking:
      return answer_to_psync(line);
    case State::kWaiting:
      return begin_image(line, rest);
    default:
      return true;
  }
}

void MasterLink::introduce() {
  enter(State::kIntroducing);
  answers_left_ = 2;
  if (!options_.master_password.empty()) {
    answers_left_++;
    password_asked_ = true;
    if (options_.master_user.empty()) {
      send_command({"AUTH", options_.master_password});
    } else {
      send_command({"AUTH", options_.master_user, options_.master_password});
    }
  }
  const int64_t port = options_.announce_port != 0 ? options_.announce_port : server_.get<resp::CoreOptions>().port;
  send_command({"REPLCONF", "listening-port", std::to_string(port)});
  if (!options_.announce_ip.empty()) {
    answers_left_++;
    send_command({"REPLCONF", "ip-address", options_.announce_ip});
  }
  send_command({"REPLCONF", "capa", "eof", "capa", "psync2"});
}

void MasterLink::ask() {
  enter(State::kAsking);
  const std::string offset = resumable_ ? std::to_string(stream_.offset() + 1) : "-1";
  const std::string id = resumable_ ? stream_.id() : "?";
  if (resumable_)
    log_notice("Trying a partial resynchronization (request {}:{}).", id, offset);
  else
    log_notice("Partial resynchronization not possible (no cached master)");
  if (failover_) {
    send_command({"PSYNC", id, offset, "FAILOVER"});
  } else {
    send_command({"PSYNC", id, offset});
  }
}

// [task 6.3] What the master makes of the request: all, the rest, later.
bool MasterLink::answer_to_psync(std::string_view line) {
  if (std::exchange(failover_, false)) {
    const bool accepted = line.starts_with("+CONTINUE") || line.starts_with("+FULLRESYNC ");
    if (!accepted) drop(fmt::format("The target of the failover answers PSYNC with: {}", line));
    hooks_.failover_answered(accepted);
    if (!accepted) return false;
  }
  if (line.starts_with("+CONTINUE")) {
    log_notice("Successful partial resynchronization with master.");
    const std::string id(line.size() == 9 ? std::string_view() : line.substr(10));
    if (id.size() == kIdDigits && id != stream_.id() && hooks_.renamed) hooks_.renamed(id);
    moment_ = {.id = stream_.id(), .offset = static_cast<int64_t>(stream_.offset())};  // known, without an image
    begin_stream();
    return true;
  }
  if (line.starts_with("+FULLRESYNC ")) {
    const std::string_view rest = line.substr(12);
    const size_t space = rest.find(' ');
    moment_ = {.id = std::string(rest.substr(0, space))};
    if (space != std::string_view::npos) (void)parse_int64(rest.substr(space + 1), &moment_.offset);
    log_notice("Full resync from master: {}:{}", moment_.id, moment_.offset);
    enter(State::kWaiting);
    image_bytes_ = -1;
    return true;
  }
  if (line.starts_with("-NOMASTERLINK") || line.starts_with("-LOADING")) {
    drop(fmt::format("Master is currently unable to PSYNC but should be in the future: {}", line));
    return false;
  }
  log_notice("Master does not support PSYNC or is in error state (reply: {})", line);
  moment_ = {};
  image_bytes_ = -1;
  enter(State::kWaiting);
  send("SYNC\r\n");
  return true;
}

void MasterLink::begin_stream() {
  if (!stream_.backlog().active()) stream_.backlog().start(stream_.offset() + 1);
  resumable_ = true;
  enter(State::kConnected);
}

// --- the stream ---

void MasterLink::follow_stream(std::string_view bytes) {
  if (reader_.take(bytes)) return;
  drop("Protocol error from the master: the stream is not what it should be");
  resumable_ = false;
}

void MasterLink::go_on() {
  if (up()) follow_stream({});
}

void MasterLink::acknowledge() {
  if (!up() || moment_.offset < 0) return;
  send_command({"REPLCONF", "ACK", std::to_string(stream_.offset())});
}

void MasterLink::sign_of_life() {
  const int64_t now = mono_ms();
  if (!loading_ || now - last_sign_ms_ < 1000) return;
  last_sign_ms_ = now;
  send("\n");
}

void MasterLink::retry() {
  if (state_ == State::kConnect) connect();
}

void MasterLink::periodic() {
  if (state_ == State::kConnect) {
    connect();
    return;
  }
  if (server_.loop.now_ms() - last_io_ms_ > options_.timeout_s * 1000) {
    drop(up() ? "MASTER timeout: no data nor PING received..." : "Timeout connecting to the MASTER...");
    return;
  }
  acknowledge();
}

}  // namespace strata::repl
