// A clean end in phases: each stage registers what must happen in its phase, and may refuse or ask for time.
//
//   phase        who                      what
//   kPrepare     6 replication            pause writes, wait for replicas (may take several turns)
//   kSave        3 snapshot               final SAVE
//   kFlush       4 append-only file       write and fsync what is pending
//   kClose       1 server                 close sockets, remove the pid file
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "common/status.h"

namespace strata::resp {

class Server;

enum class ShutdownPhase : uint8_t { kPrepare, kSave, kFlush, kClose };

struct ShutdownRequest {
  bool save = false;     // SAVE: even without save points
  bool no_save = false;  // NOSAVE
  bool now = false;      // NOW: do not wait for anybody
  bool force = false;    // FORCE: go on when a step fails
};

class Shutdown {
 public:
  enum class Answer : uint8_t { kDone, kWait, kRefuse };
  // kWait: asked again every 100 ms until it is done or the request is aborted. kRefuse ends the attempt
  // unless forced.
  using Step = std::function<Answer(const ShutdownRequest&)>;

  explicit Shutdown(Server& server) : server_(server) {}
  void add(ShutdownPhase phase, Step step) { steps_[phase].push_back(std::move(step)); }

  // Starts a shutdown, or gives a running one another try (NOW then hurries it). `failed` is called once when
  // it was refused or aborted, perhaps before begin returns; when it succeeds the loop stops instead. Never
  // waits.
  void begin(ShutdownRequest request, std::function<void(bool aborted)> failed = {});
  bool abort();  // SHUTDOWN ABORT; false when none is under way
  bool in_progress() const { return in_progress_; }
  bool stopping() const { return stopping_; }  // all is done, the loop ends
  // Async-signal-safe: SIGTERM, SIGINT. A SIGINT while a shutdown is wanted already ends the process at once.
  void signalled(int signal);
  void poll();  // once per turn: acts on a signal, goes on with a waiting shutdown

  ShutdownRequest on_sigint;  // shutdown-on-sigint, shutdown-on-sigterm
  ShutdownRequest on_sigterm;
  int exit_code = 0;

 private:
  void advance();
  void fail(bool aborted);
  void finish();

  Server& server_;
  std::map<ShutdownPhase, std::vector<Step>> steps_;
  ShutdownRequest request_;
  std::vector<std::function<void(bool aborted)>> failed_;
  std::atomic<int> signal_{0};       // the signal that poll() still has to act on
  std::atomic<bool> wanted_{false};  // a signal came and its shutdown was not refused
  bool in_progress_ = false;
  bool stopping_ = false;  // everything is done, the loop is about to end
  bool retry_scheduled_ = false;
  size_t done_steps_ = 0;
};

}  // namespace strata::resp
