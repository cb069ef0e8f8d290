#include "06_replication/master/master.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "01_resp_server/commands/monitor.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "06_replication/master/diskless_pipe.h"
#include "06_replication/replication.h"
#include "common/log.h"

namespace strata::repl {

namespace {

constexpr std::string_view kGetAck = "*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n";
constexpr std::string_view kPing = "*1\r\n$4\r\nping\r\n";

// The system may wait for more before it sends a packet.
void gather_packets(int fd) {
  const int off = 0;
  (void)::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &off, sizeof off);
}

int64_t ms_since_received(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return ::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_last_data_recv : INT64_MAX;
}

}  // namespace

Master::Master(resp::Server& server, const Options& options, ReplicationStream& stream)
    : server_(server), options_(options), stream_(stream) {
  stream_.backlog().oldest_needed = [this] { return oldest_needed(); };
  stream_.backlog().on_block = [this] {
    if (stream_bytes_beyond_backlog() > 0) check_limits();
  };
  talk_gate_ = server.gates.add(
      "replica talks", resp::GateRank::kReplicaKeyspace,
      [](const resp::CommandSpec& spec) {
        return spec.name != "replconf" && spec.name != "psync" && spec.name != "sync";
      },
      refuse_talk);
  server.on_reject([this](resp::Client& client) {
    if (client.kind == resp::ClientClass::kReplica) drop_talker(client, "that is none");
  });
  server.clients.on_close([this](resp::Client& client) { detach(client); });
  server.get<rdb::BackgroundSave>().on_end([this](bool succeeded) {
    if (disk_child_) snapshot_ended(succeeded);
    consider_snapshot();
  });
}

Master::~Master() = default;

uint64_t Master::oldest_needed() const {
  uint64_t oldest = stream_.backlog().end();
  for (resp::Client* client : replicas_) {
    const Replica& replica = replica_of(*client);
    if (replica.needs_backlog()) oldest = std::min(oldest, replica.cursor());
  }
  return oldest;
}

// --- those who come and go ---

// [task 6.6] Give a replica the rest of the stream, or have it wait for a snapshot.
void Master::attach(resp::Client& client, std::string_view id, int64_t offset, bool old_style) {
  if (!old_style && continue_with(client, id, offset)) return;
  if (!old_style && id != "?") statistics.partial_refused++;
  statistics.full++;
  replica_of(client).old_style = old_style;
  if (options_.disable_nodelay) gather_packets(client.fd);
  begin_wait(client);
}

bool Master::continue_with(resp::Client& client, std::string_view id, int64_t offset) {
  if (!stream_.knows(id) || !stream_.can_continue(id, offset)) return false;
  Replica& replica = replica_of(client);
  log_notice("Partial resynchronization request from {} accepted. Sending {} bytes of backlog starting from offset {}.",
             client.peer_address(), stream_.offset() + 1 - static_cast<uint64_t>(offset), offset);
  client.out.append(replica.takes_psync2 ? fmt::format("+CONTINUE {}\r\n", stream_.id()) : "+CONTINUE\r\n");
  replica.follow(stream_, static_cast<uint64_t>(offset));
  take_in(client);
  statistics.partial++;
  put_online(client);
  return true;
}

// From now on it is sent the image and the stream, and nothing else may come in between.
void Master::take_in(resp::Client& client) {
  replicas_.push_back(&client);
  client.kind = resp::ClientClass::kReplica;
  client.armed |= server_.get<resp::ReplicaGate>().bit | talk_gate_;
  client.source = &replica_of(client);
  client.set(resp::Client::kReplyOff);
  client.reply.set_muted(true);
  alone_since_ms_ = 0;
}

void Master::drop_talker(resp::Client& client, std::string_view command) {
  log_warning("Replica generated a reply to command '{}', disconnecting it: id={} addr={}", command, client.id,
              client.peer_address());
  server_.clients.close(client);
}

bool Master::refuse_talk(resp::Client& client, const resp::CommandSpec& spec, resp::Args) {
  client.server.get<Replication>().master().drop_talker(client, spec.full_name);
  return false;
}

void Master::begin_wait(resp::Client& client) {
  Replica& replica = replica_of(client);
  if (replicas_.empty() && !stream_.backlog().active()) stream_.begin_backlog();
  replica.state = ReplicaState::kWaitStart;
  replica.waiting_since_ms = server_.loop.now_ms();
  take_in(client);
  log_notice("Replica {} asks for synchronization", client.peer_address());
  consider_snapshot();
}

void Master::detach(resp::Client& client) {
  const auto at = std::find(replicas_.begin(), replicas_.end(), &client);
  if (at == replicas_.end()) return;
  replicas_.erase(at);
  if (pipe_) pipe_->forget(client);
  if (disk_child_) drop_needless_child();
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

// [task 6.11] Count the replicas that were heard of lately.
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
  return bytes + stream_bytes_beyond_backlog();
}

size_t Master::stream_bytes_beyond_backlog() const {
  const Backlog& backlog = stream_.backlog();
  return replicas_.empty() || backlog.size() <= backlog.keep_bytes ? 0 : backlog.size() - backlog.keep_bytes;
}

// A replica that does not keep up makes the stream pile up here. Asked whenever it has grown by a block beyond the backlog.
// [task 6.12] Look at what each of them has not taken yet.
void Master::check_limits() {
  for (resp::Client* client : replicas_) server_.clients.check_output_limit(*client);
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
    client.out.append("\n");
    server_.clients.schedule_write(client);
  };
  each(ReplicaState::kWaitStart, newline);
  if (disk_child_) each(ReplicaState::kWaitEnd, newline);
}

// [task 6.12] Give up those that have not been heard of.
void Master::drop_silent() {
  const int64_t oldest = server_.loop.now_ms() - options_.timeout_s * 1000;
  each(ReplicaState::kOnline, [&](resp::Client& client, Replica& replica) {
    if (replica.old_style || replica.acked_ms >= oldest) return;
    // One that is loading says newlines, which are no commands: only the system knows of them.
    if (ms_since_received(client.fd) < options_.timeout_s * 1000) return;
    log_warning("Disconnecting timedout replica (streaming sync): {}", client.peer_address());
    server_.clients.close(client);
  });
}

// Those that take nothing of a diskless image hold up all others.
void Master::drop_stuck() {
  const int64_t oldest = server_.loop.now_ms() - options_.timeout_s * 1000;
  if (!pipe_) return;
  each(ReplicaState::kTransfer, [&](resp::Client& client, Replica&) {
    if (client.out.empty() || client.last_active_ms >= oldest) return;
    log_warning("Disconnecting timedout replica (full sync): {}", client.peer_address());
    server_.clients.close(client);
  });
}

// [task 6.12] Let go of a backlog that nobody has come back for.
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
  drop_stuck();
  drop_sync_file();
  drop_old_backlog();
  consider_snapshot();
  if (change_hook_) change_hook_();
}

}  // namespace strata::repl
