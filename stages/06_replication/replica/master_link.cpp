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
constexpr size_t kMarkBytes = 40;
constexpr size_t kLongestLine = 4096;

}  // namespace

MasterLink::MasterLink(resp::Server& server, const Options& options, ReplicationStream& stream, std::string host,
                       int port, Hooks hooks)
    : server_(server),
      options_(options),
      stream_(stream),
      host_(std::move(host)),
      port_(port),
      hooks_(std::move(hooks)),
      reader_(server, stream) {
  reader_.on_getack = [this] { acknowledge(); };
}

MasterLink::~MasterLink() {
  if (socket_) server_.loop.unwatch(socket_.get());
  if (!file_name_.empty()) ::unlink(file_name_.c_str());
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
  (void)server_.loop.watch(socket_.get(), net::kWrite, this);
}

// [task 6.7] The socket is open: say PING and see whether somebody is there.
void MasterLink::connected() {
  if (const int error = socket_error(socket_.get()); error != 0) {
    drop(fmt::format("Error condition on socket for SYNC: {}", std::strerror(error)));
    return;
  }
  log_notice("Non blocking connect for SYNC fired the event.");
  if (!options_.disable_nodelay) net::set_nodelay(socket_.get());
  enter(State::kGreeting);
  (void)server_.loop.watch(socket_.get(), net::kRead, this);
  send_command({"PING"});
}

void MasterLink::drop(std::string_view why) {
  if (!why.empty()) log_warning("{}", why);
  if (socket_) server_.loop.unwatch(socket_.get());
  socket_.reset();
  if (up()) {
    down_since_ms_ = server_.loop.now_ms();
    log_notice("Connection with master lost.");
    resumable_ = offset_ >= 0;  // a master of old has told no offset: there is nothing to go on from
  }
  if (!file_name_.empty()) ::unlink(file_name_.c_str());
  file_name_.clear();
  file_.reset();
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
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      (void)server_.loop.watch(socket_.get(), net::kRead | net::kWrite, this);
      return;
    }
    if (n < 0) return;  // the next read tells
    unsent_.erase(0, static_cast<size_t>(n));
  }
  (void)server_.loop.watch(socket_.get(), net::kRead, this);
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
    if (n == 0) periodic();  // a link that is lost is tried again at once
    return;
  }
  last_io_ms_ = server_.loop.now_ms();
  std::string_view rest(bytes, static_cast<size_t>(n));
  while (!rest.empty() && socket_) {
    if (state_ == State::kConnected) {
      if (!reader_.take(rest)) {
        drop("Protocol error from the master: the stream is not what it should be");
        resumable_ = false;
      }
      return;
    }
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
    if (!take_line(line)) return;
  }
}

// --- the conversation ---

// [task 6.7] Go on as the answer says; false when the link was dropped.
bool MasterLink::take_line(std::string_view line) {
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
      return header(line);
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

// [task 6.7] What the master makes of the request: all, the rest, later.
bool MasterLink::answer_to_psync(std::string_view line) {
  if (line.starts_with("+CONTINUE")) {
    log_notice("Successful partial resynchronization with master.");
    const std::string id(line.size() == 9 ? std::string_view() : line.substr(10));
    if (id.size() == kIdDigits && id != stream_.id() && hooks_.renamed) hooks_.renamed(id);
    begin_stream();
    return true;
  }
  if (line.starts_with("+FULLRESYNC ")) {
    const std::string_view rest = line.substr(12);
    const size_t space = rest.find(' ');
    id_ = rest.substr(0, space);
    offset_ = -1;
    if (space != std::string_view::npos) (void)parse_int64(rest.substr(space + 1), &offset_);
    log_notice("Full resync from master: {}:{}", id_, offset_);
    enter(State::kWaiting);
    image_bytes_ = -1;
    image_read_ = 0;
    return true;
  }
  if (line.starts_with("-NOMASTERLINK") || line.starts_with("-LOADING")) {
    drop(fmt::format("Master is currently unable to PSYNC but should be in the future: {}", line));
    return false;
  }
  log_notice("Master does not support PSYNC or is in error state (reply: {})", line);
  id_.clear();
  offset_ = -1;
  enter(State::kWaiting);
  send("SYNC\r\n");
  return true;
}

// $<bytes>, or $EOF:<mark>.
bool MasterLink::header(std::string_view line) {
  if (line[0] == '-') {
    drop(fmt::format("MASTER aborted replication with an error: {}", line.substr(1)));
    return false;
  }
  if (line[0] != '$') {
    drop(
        fmt::format("Bad protocol from MASTER, the first byte is not '$' (we received '{}'), are you sure the host and "
                    "port are right?",
                    line));
    return false;
  }
  if (line.starts_with("$EOF:") && line.size() >= 5 + kMarkBytes) {
    mark_ = line.substr(5, kMarkBytes);
    image_bytes_ = 0;
    log_notice("MASTER <-> REPLICA sync: receiving streamed RDB from master with EOF to disk");
  } else {
    mark_.clear();
    if (!parse_int64(line.substr(1), &image_bytes_) || image_bytes_ < 0) {
      drop("Bad length of the image from MASTER");
      return false;
    }
    log_notice("MASTER <-> REPLICA sync: receiving {} bytes from master to disk", image_bytes_);
  }
  begin_file();
  return static_cast<bool>(socket_);
}

// --- the image ---

void MasterLink::begin_file() {
  file_name_ = fmt::format("temp-{}.{}.rdb", wall_ms() / 1000, ::getpid());
  Expected<UniqueFd> file = open_file(file_name_, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (!file) {
    drop(fmt::format("Opening the temp file needed for MASTER <-> REPLICA synchronization: {}", file.message()));
    return;
  }
  file_ = *std::move(file);
  image_read_ = 0;
  tail_.clear();
  enter(State::kReceiving);
}

// Takes what belongs to the image; false when the link was dropped.
bool MasterLink::take_image(std::string_view* bytes) {
  std::string_view piece = *bytes;
  bool whole = false;
  if (mark_.empty()) {
    piece = piece.substr(0, static_cast<size_t>(image_bytes_ - image_read_));
    whole = image_read_ + static_cast<int64_t>(piece.size()) == image_bytes_;
  } else {
    // The master sends nothing behind the mark before it has heard of us.
    tail_.append(piece.substr(piece.size() - std::min(piece.size(), kMarkBytes)));
    if (tail_.size() > kMarkBytes) tail_.erase(0, tail_.size() - kMarkBytes);
    whole = tail_ == mark_;
  }
  if (Status written = write_all(file_.get(), piece, file_name_); !written.ok()) {
    drop(
        fmt::format("Write error or short write writing to the DB dump file needed for MASTER <-> REPLICA "
                    "synchronization: {}",
                    written.message()));
    return false;
  }
  image_read_ += static_cast<int64_t>(piece.size());
  bytes->remove_prefix(piece.size());
  return !whole || finish_image();
}

bool MasterLink::finish_image() {
  if (!mark_.empty() && ::ftruncate(file_.get(), image_read_ - static_cast<int64_t>(kMarkBytes)) != 0) {
    drop(fmt::format("Error truncating the RDB file received from the master for SYNC: {}", std::strerror(errno)));
    return false;
  }
  if (::fsync(file_.get()) != 0) {
    drop(fmt::format("Failed trying to sync the temp DB to disk in MASTER <-> REPLICA synchronization: {}",
                     std::strerror(errno)));
    return false;
  }
  file_.reset();
  const std::string name = std::exchange(file_name_, {});
  if (Status loaded = hooks_.load(name, id_, offset_, reader_); !loaded.ok()) {
    ::unlink(name.c_str());
    drop(loaded.message());
    resumable_ = false;
    return false;
  }
  log_notice("MASTER <-> REPLICA sync: Finished with success");
  begin_stream();
  if (!mark_.empty()) acknowledge();
  return true;
}

void MasterLink::begin_stream() {
  if (!stream_.backlog().active()) stream_.backlog().start(stream_.offset() + 1);
  resumable_ = true;
  failover_ = false;
  enter(State::kConnected);
}

// --- the stream ---

void MasterLink::acknowledge() {
  if (!up() || offset_ < 0) return;
  send_command({"REPLCONF", "ACK", std::to_string(stream_.offset())});
}

void MasterLink::sign_of_life() {
  const int64_t now = mono_ms();
  if (!socket_ || now - last_sign_ms_ < 1000) return;
  last_sign_ms_ = now;
  send("\n");
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
