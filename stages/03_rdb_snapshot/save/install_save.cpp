// What taking snapshots adds to the server: options, a timer, fields of INFO, and what the end of the data and the end of
// the process mean to a snapshot.
#include "01_resp_server/server/info_sections.h"
#include "03_rdb_snapshot/families.h"
#include "03_rdb_snapshot/loading/loading.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "common/log.h"

namespace strata::rdb {

namespace {

using resp::Shutdown;

constexpr int64_t kCheckMs = 100;

void declare_options(resp::Config& config, BackgroundSave& save) {
  SavePoints& points = save.points;
  resp::CustomOption option{
      .get = [&points] { return points.text(); },
      .set = [&points](const resp::Config::Words& words) { return points.set(words); },
      .add_line = [&points](const resp::Config::Words& words) { return points.add_line(words); },
      .rewrite = [&points] { return points.lines(); },
      .default_text = SavePoints::kDefault,
      .always_rewritten = true,  // what is lost in a crash should be visible in the file
  };
  auto follow = [&save] {
    save.follow_options();
    return Status();
  };
  config.custom("save", std::move(option), "snapshots by themselves: after so many seconds with so many changes",
                {.multi = true, .on_change = follow});
  config.flag("stop-writes-on-bgsave-error", &save.stop_writes_on_error, true,
              "refuse writes while the last background snapshot is a failed one", {.on_change = follow});
}

void tell(const BackgroundSave& save, resp::InfoWriter& out) {
  out.field("rdb_changes_since_last_save", save.changes());
  out.field("rdb_bgsave_in_progress", save.in_progress());
  out.field("rdb_last_save_time", save.last_save_s());
  out.field("rdb_last_bgsave_status", save.last_succeeded() ? "ok" : "err");
  out.field("rdb_last_bgsave_time_sec", save.last_duration_s());
  out.field("rdb_current_bgsave_time_sec", save.current_duration_s());
  out.field("rdb_saves", save.count());
  out.field("rdb_last_cow_size", save.last_cow_bytes());
}

// [task 3.12] Write the last snapshot, and refuse to end when that fails.
Shutdown::Answer save_the_last_time(BackgroundSave& save, bool forced) {
  log_notice("Saving the final RDB snapshot before exiting.");
  if (save.save()) return Shutdown::Answer::kDone;
  log_warning("{}", forced ? "Error trying to save the DB. Exit anyway." : "Error trying to save the DB, can't exit.");
  return Shutdown::Answer::kRefuse;
}

// The snapshot of the end. None while loading: what is there by then is not all.
Shutdown::Answer save_at_shutdown(BackgroundSave& save, bool loading, const resp::ShutdownRequest& request) {
  if (save.in_progress()) {
    log_warning("There is a child saving an .rdb. Killing it!");
    save.cancel();
  }
  const bool wanted = request.save || (!save.points.none() && !request.no_save);
  return wanted && !loading ? save_the_last_time(save, request.force) : Shutdown::Answer::kDone;
}

// FLUSHALL: a snapshot of what is no more must not come back after a crash.
void save_emptiness(BackgroundSave& save) {
  save.cancel();
  if (!save.points.none()) save.save();
}

}  // namespace

void install_save(Server& server) {
  auto& save = server.own<BackgroundSave>(server);
  declare_options(server.config, save);
  install_save_commands(server);
  document_save_commands(server);
  server.every(kCheckMs, [&save] { save.periodic(); });
  server.info.section("persistence").add([&save](resp::InfoWriter& out) { tell(save, out); });
  resp::on_reset_statistics(server, [&save] { save.reset_statistics(); });
  const auto& loading = server.get<Loading>();
  server.get<db::Keyspace>().events.listen_to_flushall([&save, &loading] {
    if (!loading.active()) save_emptiness(save);  // a log that is replayed may have an old FLUSHALL
  });
  server.shutdown.add(resp::ShutdownPhase::kSave, [&save, &loading](const resp::ShutdownRequest& request) {
    return save_at_shutdown(save, loading.active(), request);
  });
}

}  // namespace strata::rdb
