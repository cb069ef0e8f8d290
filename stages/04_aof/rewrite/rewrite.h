// The rewrite: the log is replaced by a shorter one that makes the same data, while the server goes on.
//
//   server: opens a new increment, puts it into the manifest       base 1, incr 1, incr 2
//           forks; commands go to incr 2 from now on
//   child:  writes the data as of the fork to a new base
//   server: renames it, puts it into the manifest                  base 2, incr 2; history: incr 1, base 1
//           deletes the history                                    base 2, incr 2
//
// At every moment the files of the manifest on the disk hold everything: a crash between any two steps leaves an old chain
// that is whole or a new one that is. A failure leaves one increment more, and nothing else.
//
// When the log is being switched on there is no chain yet: commands go to temp-<name>.incr, which joins the manifest
// together with the base.
//
// Redis before 7 had one file and no manifest: while the child wrote, the parent put every command both into the old log
// and into a buffer in memory, which it appended to the child's file at the end.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/child/fork_child.h"
#include "04_aof/files/log_directory.h"
#include "04_aof/log/append_log.h"
#include "04_aof/rewrite/base_format.h"

namespace strata::aof {

class Rewrite {
 public:
  struct Options {
    int64_t growth_percent = 100;   // auto-aof-rewrite-percentage; 0: never by itself
    int64_t min_bytes = 64 << 20;   // auto-aof-rewrite-min-size
    bool incremental_fsync = true;  // aof-rewrite-incremental-fsync
    bool keep_history = false;      // aof-disable-auto-gc
  };

  Rewrite(resp::Server& server, LogDirectory& directory, AppendLog& log, SyncThread& thread);

  Options options;

  // Starts one; no child may be running. `switching_on`: the log has no file yet.
  Status start(bool switching_on);
  void schedule() { scheduled_ = true; }
  void unschedule() { scheduled_ = false; }
  bool scheduled() const { return scheduled_; }
  bool in_progress() const { return child_.running(kKind) && !canceled_; }  // who was killed is as good as gone
  void cancel();  // kills the child, whose files are gone with it; that is no failure
  // Told how each rewrite ended.
  void on_end(std::function<void(bool succeeded)> hook) { end_hook_ = std::move(hook); }

  // Ten times a second: what is scheduled, and growth. `on`: the log is being written. `switching_on`: as for start().
  void periodic(bool on, bool switching_on);
  void remove_history();

  // An empty base, for a log that has none.
  Status write_first_base();

  // Sizes of the log, bytes.
  uint64_t log_bytes() const { return log_bytes_; }
  uint64_t base_bytes() const { return base_bytes_; }
  void set_sizes(uint64_t log_bytes, uint64_t base_bytes) {
    log_bytes_ = log_bytes;
    base_bytes_ = base_bytes;
  }
  void grown(uint64_t bytes) { log_bytes_ += bytes; }

  bool last_succeeded() const { return last_succeeded_; }
  int64_t last_duration_s() const { return last_duration_s_; }
  int64_t current_duration_s() const;
  uint64_t count() const { return count_; }
  uint64_t failures_in_a_row() const { return failures_; }
  void forget_failures() { failures_ = 0; }
  uint64_t last_cow_bytes() const { return last_cow_bytes_; }
  void reset_statistics() { count_ = 0; }

  // Opens the next increment, which the log goes on in, and puts it into the manifest.
  Status open_increment();

 private:
  static constexpr std::string_view kKind = "aof";

  Status open_first_increment();
  void ended(const rdb::ChildEnd& end);
  Status install_base(pid_t child);
  void note_end(bool succeeded);
  void wait_before_next();
  bool may_try() const;
  bool has_grown() const;

  resp::Server& server_;
  LogDirectory& directory_;
  AppendLog& log_;
  SyncThread& thread_;
  rdb::ForkChild& child_;
  std::function<void(bool)> end_hook_;
  std::string suffix_;  // of the base that is being written
  bool switching_on_ = false;
  bool scheduled_ = false;
  bool canceled_ = false;
  int64_t started_s_ = 0;  // Unix time
  int64_t last_duration_s_ = -1;
  int64_t next_try_ms_ = 0;  // loop clock; after failures
  bool last_succeeded_ = true;
  uint64_t count_ = 0;
  uint64_t failures_ = 0;
  uint64_t last_cow_bytes_ = 0;
  uint64_t log_bytes_ = 0;
  uint64_t base_bytes_ = 0;
};

}  // namespace strata::aof
