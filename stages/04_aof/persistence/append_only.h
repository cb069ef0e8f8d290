// Whether there is a log, and what becomes of it over the life of the server.
//
//   from      by                                   to
//   off       appendonly yes at the start          on         after loading
//   off       CONFIG SET appendonly yes            waiting    the first rewrite begins
//   waiting   the rewrite succeeded                on
//   waiting   the rewrite failed                   waiting    and is tried again
//   any       CONFIG SET appendonly no             off        after a flush
//
// While waiting, commands go to a file that is not in the manifest yet: the base that they build on is being written.
#pragma once

#include <cstdint>
#include <string>

#include "01_resp_server/server/gates.h"
#include "01_resp_server/server/server.h"
#include "04_aof/files/log_directory.h"
#include "04_aof/log/append_log.h"
#include "04_aof/rewrite/rewrite.h"

namespace strata::aof {

class AppendOnly {
 public:
  struct Options {
    bool enabled = false;        // appendonly
    std::string file_name;       // appendfilename
    std::string directory_name;  // appenddirname
    bool load_truncated = true;  // aof-load-truncated
  };

  explicit AppendOnly(resp::Server& server);

  Options options;

  // --- the start, in this order ---
  Status prepare();  // reads the manifest, whether or not there is a log now
  Status load();     // only when enabled
  Status open();     // opens the log when enabled

  // --- later ---
  Status follow_option();  // `enabled` has changed
  // Replays the log into an empty keyspace: DEBUG LOADAOF.
  Status reload();
  // While the data is replaced by somebody else's: nothing is logged, until a new base has been written. True: there was a
  // log, which resume() begins anew.
  bool pause();
  void resume();
  void periodic();
  resp::Shutdown::Answer end(const resp::ShutdownRequest& request);

  bool on() const { return state_ == State::kOn; }
  bool waiting() const { return state_ == State::kWaiting; }
  AppendLog& log() { return log_; }
  Rewrite& rewrite() { return rewrite_; }
  LogDirectory& directory() { return directory_; }

 private:
  enum class State : uint8_t { kOff, kWaiting, kOn };

  static bool gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args args);
  Status take_over_single_file();
  bool has_single_file() const;
  Status open_log();
  void gather(bool wanted);
  Status switch_on();
  void switch_off();
  void rewrite_ended(bool succeeded);

  resp::Server& server_;
  SyncThread thread_;
  LogDirectory directory_;
  AppendLog log_;
  Rewrite rewrite_;
  resp::GateBit gate_;
  State state_ = State::kOff;
  bool gathering_ = false;
};

}  // namespace strata::aof
