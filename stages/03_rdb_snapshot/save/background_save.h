// When a snapshot is taken and by whom: by the server itself (SAVE, the last one at shutdown) while everybody waits, or
// by a child (BGSAVE, save points) while it goes on.
//
//            BGSAVE, save point                       child ends
//   idle -------------------------> in progress -------------------> idle     success: the changes that were there at
//    ^  \                                |  ^                                 the fork are saved, later ones are not
//    |   SAVE: writes it itself          |  cancel: killed, no failure        failure: stop-writes-on-bgsave-error
//    |                                   v
//    +---- periodic: scheduled, save points; after a failure not before 5 seconds have passed
//
// Whoever else writes a snapshot in a child (a full synchronisation) starts a ForkChild of kind "rdb": it counts as in
// progress here.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/gates.h"
#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/child/fork_child.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/save/save_points.h"
#include "03_rdb_snapshot/snapshot/snapshot_file.h"

namespace strata::rdb {

class BackgroundSave {
 public:
  explicit BackgroundSave(resp::Server& server);

  SavePoints points;
  bool stop_writes_on_error = true;
  // Call after changing one of the two.
  void follow_options();

  // Writes the snapshot here and now; false when that failed, for a reason that the log tells.
  bool save();
  // Starts a child that writes it; no child may be running. Likewise.
  bool start();
  // Starts one as soon as no child runs.
  void schedule() { scheduled_ = true; }
  // Kills the child that is writing, if there is one, so that it replaces no file from now on. That is no failure.
  void cancel();
  bool in_progress() const { return child_.running(kKind); }
  ForkChild& child() { return child_; }

  // Ten times a second: what is scheduled, what the save points ask for.
  void periodic();
  // The data is what the file holds: it was just loaded.
  void forget_changes() { saved_dirty_ = keyspace_.effects.dirty; }

  // Hears of the end of every child that start() started.
  void on_end(std::function<void(bool succeeded)> hook) { end_hooks_.push_back(std::move(hook)); }

  uint64_t changes() const { return keyspace_.effects.dirty - saved_dirty_; }
  int64_t last_save_s() const { return last_save_s_; }  // Unix time; of the server's start as long as none succeeded
  bool last_succeeded() const { return last_succeeded_; }
  int64_t last_duration_s() const { return last_duration_s_; }  // -1: none has ended yet
  int64_t current_duration_s() const;                           // -1: none is in progress
  uint64_t count() const { return count_; }                     // begun by SAVE, BGSAVE and save points
  void count_one() { count_++; }
  uint64_t last_cow_bytes() const { return last_cow_bytes_; }
  void reset_statistics() { count_ = 0; }

 private:
  static constexpr std::string_view kKind = "rdb";
  static bool gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args args);
  bool may_try() const;
  bool write(const SaveProgress& progress);
  void ended(const ChildEnd& end);
  void set_succeeded(bool succeeded);

  resp::Server& server_;
  db::Keyspace& keyspace_;
  const RdbOptions& options_;
  ForkChild& child_;
  resp::GateBit gate_;
  std::vector<std::function<void(bool)>> end_hooks_;

  uint64_t saved_dirty_ = 0;   // effects.dirty as of the last snapshot that succeeded
  uint64_t forked_dirty_ = 0;  // as of the last fork
  int64_t last_save_s_;
  int64_t last_try_s_ = 0;  // of a child
  int64_t started_s_ = 0;   // the child that runs
  int64_t last_duration_s_ = -1;
  bool last_succeeded_ = true;  // of the last child, or of a SAVE since
  bool scheduled_ = false;
  uint64_t count_ = 0;
  uint64_t last_cow_bytes_ = 0;
};

}  // namespace strata::rdb
