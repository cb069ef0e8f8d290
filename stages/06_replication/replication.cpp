#include "06_replication/replication.h"

#include <array>
#include <utility>

#include "01_resp_server/commands/client_pause.h"
#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/resp/request_encoder.h"
#include "02_data_types/blocking/blocked_clients.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "04_aof/persistence/append_only.h"
#include "common/log.h"

namespace strata::repl {

Replication::Replication(resp::Server& server)
    : server_(server),
      stream_(server),
      master_(server, options, stream_),
      loader_(server, options, stream_, master_),
      failover_(server, *this),
      local_expiry_(server) {
  // A replica passes its master's stream on and adds nothing to it, or its offsets would not be its master's.
  master_.quiet = [this] { return is_replica() || failover_.quiet(); };
  master_.follow_replicas([this] { follow_gates(); });
  loader_.on_old_data_gone = [this] {
    link_->set_resumable(false);
    local_expiry_.forget_all();
  };
  hear_of_expired_keys();
  server.get<resp::ClientPause>().on_release([this] {
    if (link_) link_->go_on();
  });
  server.get<rdb::Loading>().meanwhile([this] {
    if (link_) link_->sign_of_life();
  });
}

// A replica keeps expired keys until its master says that they are gone. A master that starts anew drops them, and has to
// tell replicas of its former life.
void Replication::hear_of_expired_keys() {
  auto& expired = server_.own<rdb::ExpiredKeys>();
  expired.kept = [this] { return is_replica() || !configured_host.empty(); };
  expired.dropped = [this](int db, std::string_view key) {
    if (started_ || loader_.remembered.offset < 0) return;  // nobody can go on from this file
    if (std::exchange(expired_db_, db) != db) {
      resp::append_request(expired_at_start_, std::array<std::string_view, 2>{"SELECT", std::to_string(db)});
    }
    resp::append_request(expired_at_start_, std::array<std::string_view, 2>{"DEL", key});
  };
}

// --- roles ---

// [task 6.2] Become the replica of that master.
void Replication::follow(const std::string& host, int port) {
  if (link_ && link_->loading()) {
    server_.loop.soon([this, host, port] { follow(host, port); });
    return;
  }
  server_.get<db::BlockedClients>().interrupt_all(
      "UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)");
  const bool was_master = !is_replica();
  const bool resumable = was_master ? true : link_->resumable() || link_->up();
  if (was_master) {
    // What this server has is the beginning of a history that its master may know.
    stream_.produce(false);
    log_notice(
        "Before turning into a replica, using my own master parameters to synthesize a cached master: I may be able "
        "to synchronize with the new master with just a partial transfer.");
  }
  MasterLink::Hooks hooks{
      .renamed =
          [this](const std::string& id) {
            stream_.rename(id);
            master_.disconnect_all();
          },
      .changed = [this] { follow_gates(); },
      .failover_answered = [this](bool accepted) { failover_.answered(accepted); },
  };
  const int db = link_ != nullptr ? link_->reader().db() : 0;
  link_ = std::make_unique<MasterLink>(server_, options, stream_, loader_, host, port, std::move(hooks));
  link_->set_resumable(resumable);
  link_->reader().select(db);
  server_.get<db::Keyspace>().may_expire = false;
  follow_gates();
  server_.loop.soon([this] {
    if (link_) link_->retry();
  });
}

void Replication::promote() {
  if (!is_replica()) return;
  if (link_->loading()) {
    server_.loop.soon([this] { promote(); });
    return;
  }
  link_.reset();
  server_.get<db::Keyspace>().may_expire = true;
  stream_.promote();
  master_.disconnect_all();
  follow_gates();
}

void Replication::follow_backlog_size() {
  const auto bytes = static_cast<uint64_t>(options.backlog_bytes);
  stream_.backlog().keep_bytes = bytes;
  // As much of the stream is kept anyway: a replica that has not got it yet costs nothing.
  server_.clients.least_replica_limit = bytes;
}

void Replication::start() {
  started_ = true;
  follow_backlog_size();
  follow_gates();
  const ImageLoader::Remembered& remembered = loader_.remembered;
  const bool known = !remembered.id.empty() && remembered.offset >= 0 && remembered.db >= 0 &&
                     !server_.get<aof::AppendOnly>().options.enabled;
  if (configured_host.empty()) {
    if (known) stream_.resume_as_second(remembered.id, static_cast<uint64_t>(remembered.offset));
    stream_.feed(std::exchange(expired_at_start_, {}));
    return;
  }
  if (known) stream_.adopt(remembered.id, static_cast<uint64_t>(remembered.offset));
  follow(configured_host, configured_port);
  link_->set_resumable(known);
  if (known) link_->reader().select(remembered.db);
}

void Replication::periodic() {
  if (link_) link_->periodic();
  master_.periodic();
}

}  // namespace strata::repl
