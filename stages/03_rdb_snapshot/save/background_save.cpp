#include "03_rdb_snapshot/save/background_save.h"

#include <unistd.h>

#include <algorithm>

#include "01_resp_server/server/client.h"
#include "03_rdb_snapshot/save/disk_error.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::rdb {

namespace {

constexpr int64_t kRetrySeconds = 5;  // after a failure
constexpr std::string_view kSavingFails =
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that "
    "may modify the data set are disabled, because this instance is configured to report errors during writes if RDB "
    "snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB "
    "error.";

int64_t now_s() { return wall_ms() / 1000; }

}  // namespace

BackgroundSave::BackgroundSave(resp::Server& server)
    : server_(server),
      keyspace_(server.get<db::Keyspace>()),
      options_(server.get<RdbOptions>()),
      child_(server.get<ForkChild>()),
      gate_(server.gates.add("snapshot failed", resp::GateRank::kDiskError, concerns_disk, gate)),
      last_save_s_(now_s()) {}

// --- writing ---

bool BackgroundSave::write(const SaveProgress& progress) {
  if (!save_snapshot_file(server_, options_.dbfilename, progress).ok()) return false;
  log_notice("DB saved on disk");
  return true;
}

bool BackgroundSave::save() {
  const uint64_t dirty = keyspace_.effects.dirty;
  if (!write({})) return false;
  saved_dirty_ = dirty;
  last_save_s_ = now_s();
  set_succeeded(true);
  return true;
}

// [task 3.10] Start a child that writes the snapshot.
bool BackgroundSave::start() {
  count_++;
  forked_dirty_ = keyspace_.effects.dirty;
  last_try_s_ = now_s();
  const Status started = child_.start({
      .kind = kKind,
      .title = "redis-rdb-bgsave",
      .cow_label = "RDB",
      .keys = keyspace_.size(),
      .run = [this](ChildReporter& reporter) { return write([&reporter](uint64_t keys) { reporter.progress(keys); }); },
      .ended = [this](const ChildEnd& end) { ended(end); },
  });
  if (!started.ok()) {
    log_warning("Can't save in background: {}", started.message());
    set_succeeded(false);
    return false;
  }
  log_notice("Background saving started by pid {}", child_.pid());
  scheduled_ = false;
  started_s_ = now_s();
  return true;
}

// [task 3.10] What the end of the child means: for the changes counted, for its file, for the status.
void BackgroundSave::ended(const ChildEnd& end) {
  last_duration_s_ = now_s() - started_s_;
  if (end.succeeded) {
    log_notice("Background saving terminated with success");
    saved_dirty_ = std::max(saved_dirty_, forked_dirty_);  // a FLUSHALL meanwhile has saved more
    last_save_s_ = now_s();
    last_cow_bytes_ = end.cow_bytes;
  } else if (end.signal == 0) {
    log_warning("Background saving error");
  } else {
    log_warning("Background saving terminated by signal {}", end.signal);
    unlink(temporary_name(end.pid).c_str());
  }
  if (!end.killed()) set_succeeded(end.succeeded);
  for (auto& hook : end_hooks_) hook(end.succeeded);
}

// The file goes at once: the child may be about to give it its final name, which must not happen after the caller's own.
void BackgroundSave::cancel() {
  if (!in_progress()) return;
  child_.kill();
  unlink(temporary_name(child_.pid()).c_str());
}

// --- when ---

bool BackgroundSave::may_try() const {
  return !child_.running() && (last_succeeded_ || now_s() - last_try_s_ > kRetrySeconds);
}

// [task 3.12] Take the snapshot that is due, unless it has to wait.
void BackgroundSave::periodic() {
  if (!may_try()) return;
  if (const SavePoint* point = points.due(changes(), now_s() - last_save_s_)) {
    log_notice("{} changes in {} seconds. Saving...", point->changes, point->seconds);
    start();
  } else if (scheduled_) {
    start();
  }
}

int64_t BackgroundSave::current_duration_s() const { return in_progress() ? now_s() - started_s_ : -1; }

// --- refusing writes ---

void BackgroundSave::set_succeeded(bool succeeded) {
  last_succeeded_ = succeeded;
  follow_options();
}

void BackgroundSave::follow_options() {
  if (stop_writes_on_error && !points.none() && !last_succeeded_) {
    server_.armed |= gate_;
  } else {
    server_.armed &= ~gate_;
  }
}

// [task 3.13] Refuse writes, and PING, while the last background snapshot is a failed one.
bool BackgroundSave::gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args) {
  if (!db::Transactions::writes(client, spec) && !is_ping(spec)) return true;
  // What another server or a log has accepted is not ours to refuse.
  if (client.obeyed()) return true;
  client.reply.error(kSavingFails);
  return false;
}

}  // namespace strata::rdb
