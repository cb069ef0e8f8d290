// The images that a master brings its replicas: when one is begun, for whom, and how it gets to them.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "06_replication/disk_state.h"
#include "06_replication/master/diskless_pipe.h"
#include "06_replication/master/master.h"
#include "common/log.h"

namespace strata::repl {

// [task 6.6] Begin a snapshot for those who wait, if now is the time.
void Master::consider_snapshot() {
  if (server_.get<rdb::ForkChild>().running() || pipe_) {
    if (!disk_child_) return;
    each(ReplicaState::kWaitStart, [this](resp::Client& client, Replica& replica) {
      if (may_join(replica)) promise(client);
    });
    return;
  }
  // Those who want the same as the one who has waited longest; the others come next.
  std::vector<resp::Client*> waiting;
  each(ReplicaState::kWaitStart, [&](resp::Client& client, Replica& replica) {
    if (waiting.empty() || replica.parts == replica_of(*waiting.front()).parts) waiting.push_back(&client);
  });
  if (waiting.empty()) return;
  const Replica& first = replica_of(*waiting.front());
  const bool all_take_eof =
      std::all_of(waiting.begin(), waiting.end(), [](resp::Client* client) { return replica_of(*client).takes_eof; });
  if ((!options_.diskless_sync && !first.filtered()) || !all_take_eof) {
    start_on_disk(waiting);
    return;
  }
  const bool enough =
      options_.diskless_max_replicas > 0 && waiting.size() >= static_cast<size_t>(options_.diskless_max_replicas);
  const int64_t waited_ms = server_.loop.now_ms() - first.waiting_since_ms;
  if (enough || waited_ms >= options_.diskless_delay_s * 1000) start_diskless(waiting);
}

// The snapshot that is being written is for somebody who can take no more than this one can.
bool Master::may_join(const Replica& newcomer) const {
  return std::any_of(replicas_.begin(), replicas_.end(), [&](resp::Client* client) {
    const Replica& other = replica_of(*client);
    return other.state == ReplicaState::kWaitEnd && (newcomer.takes_eof || !other.takes_eof) &&
           (newcomer.takes_psync2 || !other.takes_psync2) && newcomer.parts == other.parts;
  });
}

// From here on everything that is produced is for this replica as well.
// [task 6.6] Promise the stream from here on, and say so.
void Master::promise(resp::Client& client) {
  Replica& replica = replica_of(client);
  uint64_t from = stream_.offset();
  // Who joins a snapshot that has begun gets what the others get, from the same point on.
  each(ReplicaState::kWaitEnd, [&](resp::Client&, Replica& other) { from = other.cursor() - 1; });
  replica.state = ReplicaState::kWaitEnd;
  replica.follow(stream_, from + 1);
  if (replica.old_style) return;
  client.out.append(fmt::format("+FULLRESYNC {} {}\r\n", stream_.id(), from));
  server_.clients.schedule_write(client);
}

void Master::fail_waiting(std::string_view error) {
  auto refuse = [&](resp::Client& client, Replica&) {
    client.out.append(fmt::format("-{}\r\n", error));
    client.set(resp::Client::kCloseAfterReply);
    server_.clients.schedule_write(client);
  };
  each(ReplicaState::kWaitStart, refuse);
  each(ReplicaState::kWaitEnd, refuse);
}

void Master::start_on_disk(const std::vector<resp::Client*>& waiting) {
  log_notice("Starting BGSAVE for SYNC with target: disk");
  // The first command after a snapshot says which database it is for.
  stream_.forget_database();
  if (!server_.get<rdb::BackgroundSave>().start()) {
    fail_waiting("ERR BGSAVE failed, replication can't continue");
    return;
  }
  disk_child_ = true;
  for (resp::Client* client : waiting) promise(*client);
}

void Master::snapshot_ended(bool succeeded) {
  disk_child_ = false;
  sync_file_there_ = succeeded;
  each(ReplicaState::kWaitEnd, [&](resp::Client& client, Replica&) {
    if (succeeded) {
      send_file_to(client);
    } else {
      log_warning("SYNC failed. BGSAVE child returned an error");
      server_.clients.close(client);
    }
  });
}

// [task 6.6] Send the file of the snapshot, its length in front.
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
  client.out.append(fmt::format("${}\r\n", bytes));
  replica.state = ReplicaState::kTransfer;
  replica.send_file(*std::move(file), bytes);
  server_.clients.schedule_write(client);
}

void Master::start_diskless(const std::vector<resp::Client*>& waiting) {
  log_notice("Starting BGSAVE for SYNC with target: replicas sockets");
  stream_.forget_database();
  for (resp::Client* client : waiting) promise(*client);
  const rdb::ImageParts parts = replica_of(*waiting.front()).parts;
  auto pipe = std::make_unique<Pipe>(server_, waiting, parts, [this](resp::Client& client, bool succeeded) {
    if (!succeeded) {
      server_.clients.close(client);
      return;
    }
    Replica& replica = replica_of(client);
    if (replica.rdb_only) {
      client.set(resp::Client::kCloseAfterReply);
      server_.clients.schedule_write(client);
      return;
    }
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

// Nobody waits for the file any more, and nobody has asked for snapshots besides.
void Master::drop_needless_child() {
  auto& save = server_.get<rdb::BackgroundSave>();
  const bool wanted = std::any_of(replicas_.begin(), replicas_.end(), [](resp::Client* client) {
    return replica_of(*client).state == ReplicaState::kWaitEnd;
  });
  if (!wanted && save.points.none()) save.cancel();
}

// Where nothing is to be kept on the disk, the file goes when all have got it.
void Master::drop_sync_file() {
  const rdb::RdbOptions& rdb = server_.get<rdb::RdbOptions>();
  if (!sync_file_there_ || !rdb.delete_sync_files || keeps_data(server_)) return;
  const bool in_use = std::any_of(replicas_.begin(), replicas_.end(), [](resp::Client* client) {
    const Replica& replica = replica_of(*client);
    return replica.is_replica() && !replica.online();
  });
  if (in_use) return;
  log_notice("Removing the RDB file used to feed replicas in a persistence-less instance");
  sync_file_there_ = false;
  ::unlink(rdb.dbfilename.c_str());
}

}  // namespace strata::repl
