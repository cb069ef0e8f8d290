#include "06_replication/master/master.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "01_resp_server/commands/monitor.h"
#include "01_resp_server/net/socket.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "06_replication/master/diskless_pipe.h"
#include "common/log.h"

namespace strata::repl {

namespace {

constexpr std::string_view kGetAck = "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n";
constexpr std::string_view kPing = "*1\r\n$4\r\nping\r\n";

}  // namespace

Master::Master(resp::Server& server, const Options& options, ReplicationStream& stream)
    : server_(server), options_(options), stream_(stream) {
  stream_.backlog().oldest_needed = [this] { return oldest_needed(); };
  server.clients.on_close([this](resp::Client& client) { detach(client); });
  server.get<rdb::BackgroundSave>().on_end([this](bool succeeded) {
    if (disk_child_) snapshot_ended(succeeded);
    consider_snapshot();
  });
}

Master::~Master() = default;

template <class Visit>
void Master::each(ReplicaState state, Visit visit) {
  // A copy: whoever is visited may be closed.
  for (resp::Client* client : std::vector(replicas_)) {
    if (replica_of(*client).state == state) visit(*client, replica_of(*client));
  }
}

uint64_t Master::oldest_needed() const {
  uint64_t oldest = stream_.backlog().end();
  for (resp::Client* client : replicas_) {
    const Replica& replica = replica_of(*client);
    if (replica.needs_backlog()) oldest = std::min(oldest, replica.cursor());
  }
  return oldest;
}

// --- those who come and go ---

// [task 6.3] Give a replica the rest of the stream, or have it wait for a snapshot.
void Master::attach(resp::Client& client, std::string_view id, int64_t offset, bool old_style) {
  if (!old_style && continue_with(client, id, offset)) return;
  if (!old_style && id != "?") statistics.partial_refused++;
  statistics.full++;
  replica_of(client).old_style = old_style;
  if (options_.disable_nodelay) net::set_nodelay(client.fd);
  begin_wait(client);
}

bool Master::continue_with(resp::Client& client, std::string_view id, int64_t offset) {
  if (!stream_.can_continue(id, offset)) return false;
  Replica& replica = replica_of(client);
  log_notice("Partial resynchronization request from {} accepted. Sending {} bytes of backlog starting from offset {}.",
             client.peer_address(), stream_.offset() + 1 - static_cast<uint64_t>(offset), offset);
  client.reply.raw(replica.takes_psync2 ? fmt::format("+CONTINUE {}\r\n", stream_.id()) : "+CONTINUE\r\n");
  replica.follow(stream_, static_cast<uint64_t>(offset));
  replicas_.push_back(&client);
  client.kind = resp::ClientClass::kReplica;
  client.armed |= server_.get<resp::ReplicaGate>().bit;
  client.source = &replica;
  statistics.partial++;
  put_online(client);
  return true;
}

void Master::begin_wait(resp::Client& client) {
  Replica& replica = replica_of(client);
  if (replicas_.empty() && !stream_.backlog().active()) stream_.begin_backlog();
  replica.state = ReplicaState::kWaitStart;
  replica.waiting_since_ms = server_.loop.now_ms();
  replicas_.push_back(&client);
  client.kind = resp::ClientClass::kReplica;
  client.armed |= server_.get<resp::ReplicaGate>().bit;
  client.source = &replica;
  alone_since_ms_ = 0;
  log_notice("Replica {} asks for synchronization", client.peer_address());
  consider_snapshot();
}

void Master::detach(resp::Client& client) {
  const auto at = std::find(replicas_.begin(), replicas_.end(), &client);
  if (at == replicas_.end()) return;
  replicas_.erase(at);
  if (pipe_) pipe_->forget(client);
  if (replicas_.empty()) alone_since_ms_ = server_.loop.now_ms();
  if (change_hook_) change_hook_();
}

void Master::disconnect_all() {
  for (resp::Client* client : replicas_) server_.clients.close(*client);
}

void Master::acknowledged(resp::Client& client, uint64_t offset) {
  Replica& replica = replica_of(client);
  replica.acked = std::max(replica.acked, offset);
  replica.acked_ms = server_.loop.now_ms();
  if (replica.stream_held && replica.online()) {
    replica.stream_held = false;
    server_.clients.schedule_write(client);
    if (change_hook_) change_hook_();
  }
  if (ack_hook_) ack_hook_();
}

size_t Master::online() const {
  return static_cast<size_t>(std::count_if(replicas_.begin(), replicas_.end(),
                                           [](resp::Client* client) { return replica_of(*client).online(); }));
}

size_t Master::acknowledged_by(uint64_t offset) const {
  return static_cast<size_t>(std::count_if(replicas_.begin(), replicas_.end(), [offset](resp::Client* client) {
    const Replica& replica = replica_of(*client);
    return replica.online() && replica.acked >= offset;
  }));
}

size_t Master::good() const {
  const int64_t oldest = server_.loop.now_ms() - options_.min_replicas_max_lag_s * 1000;
  return static_cast<size_t>(std::count_if(replicas_.begin(), replicas_.end(), [oldest](resp::Client* client) {
    const Replica& replica = replica_of(*client);
    return replica.online() && replica.acked_ms >= oldest;
  }));
}

size_t Master::lagging() const {
  return static_cast<size_t>(std::count_if(replicas_.begin(), replicas_.end(), [this](resp::Client* client) {
    return replica_of(*client).acked != stream_.offset();
  }));
}

void Master::log_lagging() const {
  for (resp::Client* client : replicas_) {
    Replica& replica = replica_of(*client);
    if (replica.acked == stream_.offset()) continue;
    log_notice("Lagging replica {}:{} reported offset {} behind master, lag={}, state={}.", replica.ip(*client),
               replica.port, static_cast<int64_t>(stream_.offset()) - static_cast<int64_t>(replica.acked),
               replica.online() ? (server_.loop.now_ms() - replica.acked_ms) / 1000 : 0,
               replica.online() ? "online" : "not online");
  }
}

size_t Master::output_bytes() const {
  size_t bytes = 0;
  for (resp::Client* client : replicas_) bytes += client->out.memory_bytes();
  const uint64_t kept = stream_.backlog().size();
  return bytes + (kept > stream_.backlog().keep_bytes ? kept - stream_.backlog().keep_bytes : 0);
}

// --- snapshots ---

// [task 6.4] Begin a snapshot for those who wait, if now is the time.
void Master::consider_snapshot() {
  if (server_.get<rdb::ForkChild>().running() || pipe_) {
    if (disk_child_) each(ReplicaState::kWaitStart, [this](resp::Client& client, Replica&) { promise(client); });
    return;
  }
  size_t waiting = 0;
  int64_t longest_s = 0;
  bool all_take_eof = true;
  each(ReplicaState::kWaitStart, [&](resp::Client&, Replica& replica) {
    waiting++;
    longest_s = std::max(longest_s, (server_.loop.now_ms() - replica.waiting_since_ms) / 1000);
    all_take_eof = all_take_eof && replica.takes_eof;
  });
  if (waiting == 0) return;
  if (!options_.diskless_sync || !all_take_eof) {
    start_on_disk();
    return;
  }
  const bool enough =
      options_.diskless_max_replicas > 0 && waiting >= static_cast<size_t>(options_.diskless_max_replicas);
  if (enough || longest_s >= options_.diskless_delay_s) start_diskless();
}

// From here on everything that is produced is for this replica as well.
void Master::promise(resp::Client& client) {
  Replica& replica = replica_of(client);
  uint64_t from = stream_.offset();
  // Who joins a snapshot that has begun gets what the others get, from the same point on.
  each(ReplicaState::kWaitEnd, [&](resp::Client&, Replica& other) { from = other.cursor() - 1; });
  replica.state = ReplicaState::kWaitEnd;
  replica.follow(stream_, from + 1);
  if (replica.old_style) return;
  client.reply.raw(fmt::format("+FULLRESYNC {} {}\r\n", stream_.id(), from));
  server_.clients.schedule_write(client);
}

void Master::fail_waiting(std::string_view error) {
  auto refuse = [&](resp::Client& client, Replica&) {
    client.reply.error(error);
    client.set(resp::Client::kCloseAfterReply);
    server_.clients.schedule_write(client);
  };
  each(ReplicaState::kWaitStart, refuse);
  each(ReplicaState::kWaitEnd, refuse);
}

void Master::start_on_disk() {
  log_notice("Starting BGSAVE for SYNC with target: disk");
  // The first command after a snapshot says which database it is for.
  stream_.forget_database();
  if (!server_.get<rdb::BackgroundSave>().start()) {
    fail_waiting("ERR BGSAVE failed, replication can't continue");
    return;
  }
  disk_child_ = true;
  each(ReplicaState::kWaitStart, [this](resp::Client& client, Replica&) { promise(client); });
}

void Master::snapshot_ended(bool succeeded) {
  disk_child_ = false;
  each(ReplicaState::kWaitEnd, [&](resp::Client& client, Replica&) {
    if (succeeded) {
      send_file_to(client);
    } else {
      log_warning("SYNC failed. BGSAVE child returned an error");
      server_.clients.close(client);
    }
  });
}

// [task 6.5] Send the file of the snapshot, its length in front.
void Master::send_file_to(resp::Client& client) {
  const std::string& name = server_.get<rdb::RdbOptions>().dbfilename;
  Expected<UniqueFd> file = open_file(name, O_RDONLY);
  struct stat about {};
  if (!file || ::fstat(file->get(), &about) != 0) {
    log_warning("SYNC failed. Can't open/stat DB after BGSAVE: {}", file.message());
    server_.clients.close(client);
    return;
  }
  Replica& replica = replica_of(client);
  const auto bytes = static_cast<uint64_t>(about.st_size);
  client.reply.raw(fmt::format("${}\r\n", bytes));
  replica.state = ReplicaState::kTransfer;
  replica.send_file(*std::move(file), bytes);
  server_.clients.schedule_write(client);
}

void Master::start_diskless() {
  log_notice("Starting BGSAVE for SYNC with target: replicas sockets");
  stream_.forget_database();
  std::vector<resp::Client*> waiting;
  each(ReplicaState::kWaitStart, [&](resp::Client& client, Replica&) { waiting.push_back(&client); });
  for (resp::Client* client : waiting) promise(*client);
  auto pipe = std::make_unique<Pipe>(server_, waiting, [this](resp::Client& client, bool succeeded) {
    if (!succeeded) {
      server_.clients.close(client);
      return;
    }
    Replica& replica = replica_of(client);
    replica.stream_held = true;
    put_online(client);
  });
  if (Status started = pipe->start([this] {
        server_.loop.soon([this] {
          pipe_.reset();
          consider_snapshot();
        });
      });
      !started.ok()) {
    log_warning("BGSAVE for replication failed: {}", started.message());
    fail_waiting("ERR BGSAVE failed, replication can't continue");
    return;
  }
  pipe_ = std::move(pipe);
}

void Master::put_online(resp::Client& client) {
  Replica& replica = replica_of(client);
  replica.state = ReplicaState::kOnline;
  replica.acked_ms = server_.loop.now_ms();
  alone_since_ms_ = 0;
  server_.clients.schedule_write(client);
  if (change_hook_) change_hook_();
}

// --- the stream ---

void Master::wake() {
  if (ack_wanted_) {
    ack_wanted_ = false;
    stream_.feed(kGetAck);
  }
  for (resp::Client* client : replicas_) {
    if (replica_of(*client).pending_bytes() > 0) server_.clients.schedule_write(*client);
  }
}

void Master::ask_for_acks() { ack_wanted_ = true; }

void Master::ping() {
  if (replicas_.empty() || ticks_ % static_cast<uint64_t>(options_.ping_period_s) != 0) return;
  if (quiet && quiet()) return;
  stream_.feed(kPing);
}

void Master::keep_waiting_alive() {
  auto newline = [this](resp::Client& client, Replica&) {
    client.reply.raw("\n");
    server_.clients.schedule_write(client);
  };
  each(ReplicaState::kWaitStart, newline);
  if (disk_child_) each(ReplicaState::kWaitEnd, newline);
}

void Master::drop_silent() {
  const int64_t oldest = server_.loop.now_ms() - options_.timeout_s * 1000;
  each(ReplicaState::kOnline, [&](resp::Client& client, Replica& replica) {
    if (replica.old_style || replica.acked_ms >= oldest) return;
    log_warning("Disconnecting timedout replica (streaming sync): {}", client.peer_address());
    server_.clients.close(client);
  });
}

void Master::drop_old_backlog() {
  if (!replicas_.empty() || alone_since_ms_ == 0 || options_.backlog_ttl_s == 0 || !stream_.backlog().active()) return;
  if (server_.loop.now_ms() - alone_since_ms_ <= options_.backlog_ttl_s * 1000) return;
  stream_.end_backlog();
  log_notice("Replication backlog freed after {} seconds without connected replicas.", options_.backlog_ttl_s);
}

void Master::periodic() {
  ticks_++;
  ping();
  keep_waiting_alive();
  drop_silent();
  drop_old_backlog();
  consider_snapshot();
  if (change_hook_) change_hook_();
}

}  // namespace strata::repl
