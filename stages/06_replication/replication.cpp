#include "06_replication/replication.h"

#include <cstdio>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/core_options.h"
#include "02_data_types/blocking/blocked_clients.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "03_rdb_snapshot/snapshot/aux_fields.h"
#include "04_aof/persistence/append_only.h"
#include "common/log.h"
#include "common/random.h"

namespace strata::repl {

Replication::Replication(resp::Server& server) : server_(server), stream_(server), master_(server, options, stream_) {
  master_.follow_replicas([this] { follow_gates(); });
}

// --- roles ---

// [task 6.9] Become the replica of that master.
void Replication::follow(const std::string& host, int port) {
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
      .load = [this](const std::string& file, const std::string& id, int64_t offset,
                     StreamReader& reader) { return load_image(file, id, offset, reader); },
      .renamed =
          [this](const std::string& id) {
            stream_.rename(id);
            master_.disconnect_all();
          },
      .changed = [this] { follow_gates(); },
  };
  const int db = link_ != nullptr ? link_->reader().db() : 0;
  link_ = std::make_unique<MasterLink>(server_, options, stream_, host, port, std::move(hooks));
  link_->set_resumable(resumable);
  link_->reader().select(db);
  server_.get<db::Keyspace>().may_expire = false;
  follow_gates();
  server_.loop.soon([this] {
    if (link_) link_->periodic();
  });
}

void Replication::promote() {
  if (!is_replica()) return;
  link_.reset();
  server_.get<db::Keyspace>().may_expire = true;
  stream_.promote();
  master_.disconnect_all();
  follow_gates();
}

void Replication::start() {
  const bool known = !remembered.id.empty() && remembered.offset >= 0 && remembered.db >= 0 &&
                     !server_.get<aof::AppendOnly>().options.enabled;
  if (configured_host.empty()) {
    if (known) stream_.resume_as_second(remembered.id, static_cast<uint64_t>(remembered.offset));
    return;
  }
  if (known) stream_.adopt(remembered.id, static_cast<uint64_t>(remembered.offset));
  follow(configured_host, configured_port);
  link_->set_resumable(known);
  if (known) link_->reader().select(remembered.db);
}

// [task 6.7] Put the master's data in the place of ours.
Status Replication::load_image(const std::string& file, const std::string& id, int64_t offset, StreamReader& reader) {
  auto& keyspace = server_.get<db::Keyspace>();
  server_.get<rdb::BackgroundSave>().cancel();
  auto& aof = server_.get<aof::AppendOnly>();
  const bool had_log = aof.pause();
  master_.disconnect_all();
  log_notice("MASTER <-> REPLICA sync: Flushing old data");
  keyspace.clear(options.lazy_flush);
  keyspace.events.tell_reset(nullptr);
  const std::string& name = server_.get<rdb::RdbOptions>().dbfilename;
  if (std::rename(file.c_str(), name.c_str()) != 0) {
    return Status::from_errno("Failed trying to rename the temp DB into " + name +
                              " in MASTER <-> REPLICA synchronization");
  }
  log_notice("MASTER <-> REPLICA sync: Loading DB in memory");
  remembered = {};
  if (Status loaded = rdb::load_snapshot_file(server_, name, {.keep_expired = true}); !loaded.ok()) {
    log_warning("Failed trying to load the MASTER synchronization DB from disk: {}. Exiting", loaded.message());
    std::_Exit(1);
  }
  server_.get<rdb::BackgroundSave>().forget_changes();
  stream_.adopt(offset < 0 ? random_hex(40) : id, static_cast<uint64_t>(std::max<int64_t>(offset, 0)));
  reader.select(std::max(remembered.db, 0));
  if (had_log) aof.resume();
  return {};
}

void Replication::periodic() {
  if (link_) link_->periodic();
  master_.periodic();
}

}  // namespace strata::repl
