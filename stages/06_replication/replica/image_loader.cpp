#include "06_replication/replica/image_loader.h"

#include <unistd.h>

#include <cstdio>

#include "01_resp_server/db/keyspace.h"
#include "02_data_types/scripting/functions/function_engine.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "03_rdb_snapshot/snapshot/aux_fields.h"
#include "04_aof/persistence/append_only.h"
#include "06_replication/disk_state.h"
#include "common/log.h"
#include "common/numbers.h"
#include "common/random.h"

namespace strata::repl {

namespace {

// Nothing is logged while the data is replaced; afterwards, come what may, the log begins anew.
class PausedLog {
 public:
  explicit PausedLog(resp::Server& server) : log_(server.get<aof::AppendOnly>()), had_(log_.pause()) {}
  ~PausedLog() {
    if (had_) log_.resume();
  }
  PausedLog(const PausedLog&) = delete;
  PausedLog& operator=(const PausedLog&) = delete;

 private:
  aof::AppendOnly& log_;
  bool had_;
};

[[noreturn]] void end_for(std::string_view where, const Status& why) {
  log_warning("Failed trying to load the MASTER synchronization DB from {}: {}. Exiting", where, why.message());
  std::_Exit(1);
}

}  // namespace

ImageLoader::ImageLoader(resp::Server& server, const Options& options, ReplicationStream& stream, Master& master)
    : server_(server), options_(options), stream_(stream), master_(master) {
  server.get<rdb::AuxFields>().on_read([this](std::string_view name, std::string_view value) {
    int64_t number = 0;
    if (name == "repl-id" && value.size() == 40) remembered.id = value;
    if (name == "repl-offset" && parse_int64(value, &number)) remembered.offset = number;
    if (name == "repl-stream-db" && parse_int64(value, &number)) remembered.db = static_cast<int>(number);
  });
}

bool ImageLoader::from_link() const {
  if (options_.diskless_load == DisklessLoad::kSwapDb) return true;
  return options_.diskless_load == DisklessLoad::kOnEmptyDb && server_.get<db::Keyspace>().size() == 0;
}

// Replicas of our own have the old data: they must come anew.
void ImageLoader::let_go_of_history() {
  if (on_old_data_gone) on_old_data_gone();
  master_.disconnect_all();
  stream_.backlog().stop();
}

void ImageLoader::drop_old_data() {
  auto& keyspace = server_.get<db::Keyspace>();
  server_.get<script::FunctionEngine>().set = {};
  keyspace.clear(options_.lazy_flush);
  keyspace.events.tell_reset(nullptr);
}

void ImageLoader::begin_history(const ImageMoment& moment, StreamReader& reader) {
  server_.get<rdb::BackgroundSave>().forget_changes();
  stream_.adopt(moment.offset < 0 ? random_hex(40) : moment.id,
                static_cast<uint64_t>(std::max<int64_t>(moment.offset, 0)));
  reader.select(std::max(remembered.db, 0));
}

// [task 6.3] Put the master's data in the place of ours.
Status ImageLoader::load_file(const std::string& file, const ImageMoment& moment, StreamReader& reader) {
  server_.get<rdb::BackgroundSave>().cancel();
  const PausedLog paused(server_);
  let_go_of_history();
  log_notice("MASTER <-> REPLICA sync: Flushing old data");
  drop_old_data();
  const std::string& name = server_.get<rdb::RdbOptions>().dbfilename;
  if (std::rename(file.c_str(), name.c_str()) != 0) {
    ::unlink(file.c_str());
    return Status::from_errno("Failed trying to rename the temp DB into " + name +
                              " in MASTER <-> REPLICA synchronization");
  }
  if (Status synced = fsync_directory("."); !synced.ok()) {
    log_warning("Failed trying to sync DB directory in MASTER <-> REPLICA synchronization: {}", synced.message());
  }
  log_notice("MASTER <-> REPLICA sync: Loading DB in memory");
  remembered = {};
  Status loaded = rdb::load_snapshot_file(server_, name, {.keep_expired = true});
  if (!loaded.ok() && !server_.shutdown.stopping()) end_for("disk", loaded);
  if (server_.get<rdb::RdbOptions>().delete_sync_files && !keeps_data(server_)) {
    log_notice("Removing the RDB file obtained from the master. This replica has persistence disabled");
    ::unlink(name.c_str());
  }
  if (loaded.ok()) begin_history(moment, reader);
  return loaded;
}

// [task 6.10] Load the image as it comes.
Status ImageLoader::load_from(LinkSource& source, const ImageHead& head, const ImageMoment& moment,
                              StreamReader& reader) {
  const bool beside = options_.diskless_load == DisklessLoad::kSwapDb;
  const bool same_history = moment.offset >= 0 && moment.id == stream_.id();
  auto& keyspace = server_.get<db::Keyspace>();
  server_.get<rdb::BackgroundSave>().cancel();
  const PausedLog paused(server_);
  Databases databases;
  if (beside) {
    for (size_t i = 0; i < keyspace.count(); i++) databases.push_back(keyspace.db(static_cast<int>(i)).twin());
  } else {
    let_go_of_history();
  }
  log_notice("MASTER <-> REPLICA sync: Loading DB in memory");
  remembered = {};
  if (Status loaded = parse(source, head, beside && same_history, databases); !loaded.ok()) {
    if (beside) {
      log_notice("MASTER <-> REPLICA sync: Discarding temporary DB in background");
      for (auto& database : databases) database->clear(true);
    } else {
      drop_old_data();
    }
    return loaded;
  }
  if (beside) {
    let_go_of_history();
    exchange(databases);
  }
  begin_history(moment, reader);
  return {};
}

Status ImageLoader::parse(LinkSource& source, const ImageHead& head, bool serve_old, Databases& into) {
  using Mode = rdb::Loading::Mode;
  rdb::Loading::Session session(server_.get<rdb::Loading>(), head.bytes,
                                serve_old ? Mode::kOldDataServed : Mode::kNothingToServe);
  rdb::RdbReader in(source, server_.get<rdb::RdbOptions>().checksum);
  in.on_progress([&] { return session.progress(in.offset()); });
  source.idle = [&] { return session.serve(source.taken()); };
  Status loaded =
      rdb::load_snapshot(server_, in, {.keep_expired = true, .into = into}, &server_.get<rdb::Loading>().report());
  if (!loaded.ok()) {
    if (!source.broken() && !in.ended_early() && !in.given_up()) end_for("socket", loaded);
    return Status::error("Failed trying to load the MASTER synchronization DB from socket: {}", loaded.message());
  }
  std::string_view mark;
  if (head.marked() && (!in.bytes(ImageHead::kMarkBytes, &mark) || mark != head.mark)) {
    return Status::error("Replication stream EOF marker is broken");
  }
  if (!head.marked() && in.remaining() != 0) return Status::error("The image from MASTER is shorter than it said");
  return {};
}

// The new data takes its place; the old is freed by and by.
void ImageLoader::exchange(Databases& databases) {
  log_notice("MASTER <-> REPLICA sync: Swapping active DB with loaded DB");
  auto& keyspace = server_.get<db::Keyspace>();
  for (size_t i = 0; i < databases.size(); i++) {
    db::Database& live = keyspace.db(static_cast<int>(i));
    live.exchange_contents(*databases[i]);
    keyspace.events.tell_reset(&live);
  }
  log_notice("MASTER <-> REPLICA sync: Discarding old DB in background");
  for (auto& database : databases) database->clear(true);
}

}  // namespace strata::repl
