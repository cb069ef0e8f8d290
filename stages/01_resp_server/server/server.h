// The server: what all stages plug into.
//
// It owns the event loop, the clients, the commands, the options, INFO and whatever the stages hand to own(). It knows
// nothing of keys: the keyspace is installed into it like everything else (a sentinel is this server without one).
//
//   int main(argc, argv):  Server server;  stage1::install(server);  stage2::install(server);  return server.main(argc, argv);
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "01_resp_server/net/event_loop.h"
#include "01_resp_server/server/clients.h"
#include "01_resp_server/server/command_table.h"
#include "01_resp_server/server/config.h"
#include "01_resp_server/server/extensions.h"
#include "01_resp_server/server/gates.h"
#include "01_resp_server/server/info.h"
#include "01_resp_server/server/server_stats.h"
#include "01_resp_server/server/shutdown.h"
#include "common/cycle_clock.h"

namespace strata::resp {

// Work that must be finished before the replies of this turn leave (fsync always, a replica's offset).
class ReplyBarriers {
 public:
  void add_barrier(std::function<void()> barrier) { barriers_.push_back(std::move(barrier)); }
  void run() {
    for (auto& barrier : barriers_) barrier();
  }

 private:
  std::vector<std::function<void()>> barriers_;
};

// What a finished command looks like to those who watch: SLOWLOG, LATENCY, MONITOR's statistics.
struct CommandReport {
  Client& client;
  const CommandSpec& spec;
  Args args;
  int64_t duration_us;
  bool failed;
};

// Hears of every command that runs, those inside of a transaction included. It may come and go at any moment, so a
// before() need not be followed by an after(), nor the other way round.
class CommandObserver {
 public:
  virtual void before(Client& client, const CommandSpec& spec) = 0;
  virtual void after(Client& client, const CommandSpec& spec, Args args) = 0;

 protected:
  ~CommandObserver() = default;
};

class Server {
 public:
  Server();
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  net::EventLoop loop;
  Config config;
  Info info;
  CommandTable commands;
  Gates gates;
  ReplyBarriers replies;
  Shutdown shutdown;
  ServerStats stats;
  Clients clients;
  uint64_t moment = 1;  // goes up with every command and every turn: time may have moved on
  uint64_t armed = 0;   // gates armed by the server's state

  // Objects of the stages: created here, destroyed in reverse order, found again by type.
  template <class T, class... A>
  T& own(A&&... args) {
    auto made = std::make_shared<T>(std::forward<A>(args)...);
    owned_.push_back(made);
    size_t number = type_number<T>();
    if (by_type_.size() <= number) by_type_.resize(number + 1);
    by_type_[number] = made.get();
    return *made;
  }
  template <class T>
  T* find() const {
    size_t number = type_number<T>();
    return number < by_type_.size() ? static_cast<T*>(by_type_[number]) : nullptr;
  }
  template <class T>
  T& get() const {
    return *find<T>();
  }

  // Runs one command for a client: lookup, arity, gates, handler, statistics.
  void execute(Client& client, Args args);
  // The same after the lookup and the gates, for those who put a command aside and run it later.
  void call(Client& client, const CommandSpec& spec, Args args);
  // Notes how long a command took, for those that end later than their handler (blocked clients).
  void record_latency(const CommandSpec& spec, int64_t duration_ns);
  // Starts the clock of the commands that one read brought; each command's end is the next one's start.
  void begin_batch();

  // Where a stage collects what commands do (WriteEffects). Costs nothing while nobody observes. MONITOR uses
  // on_slow_command with a threshold of 0.
  void observe(CommandObserver& observer) { observers_.push_back(&observer); }
  void stop_observing(CommandObserver& observer) { std::erase(observers_, &observer); }
  // Commands that are running, one inside of the other: 1 in a client's command, 2 in one of a transaction.
  int depth() const { return depth_; }
  // Once, after the outermost command that is running now has ended and was observed: work that it made necessary and
  // that comes before any other command. Outside of commands: at the start of the next turn.
  void after_command(std::function<void()> run);
  // After a command was refused before it ran: unknown, wrong arity, a gate's error (MULTI then aborts its EXEC).
  void on_reject(std::function<void(Client&)> hook) { reject_hooks_.push_back(std::move(hook)); }
  // After commands that took at least `threshold_us` (slowlog and latency monitor set the smallest they care for).
  void on_slow_command(const int64_t* threshold_us, std::function<void(const CommandReport&)> hook);
  void refresh_slow_threshold();  // call after changing a threshold

  // Timers in milliseconds of the loop; the "cron" of Redis is every(1000 / hz).
  // DEBUG PAUSE-CRON stops them all.
  net::TimerId every(int64_t ms, std::function<void()> run) {
    return loop.every(ms, [this, run = std::move(run)] {
      if (!cron_paused) run();
    });
  }

  // Lets clients be served in the middle of something long, as far as the gates allow it (kLoading). False: the server is
  // to end, so give up.
  bool serve_while_busy();

  // Command line, configuration, listening, the loop, shutdown: the whole life of the process. Returns its exit code.
  int main(int argc, char** argv);

  // After the configuration is known and before the first client: opens sockets. Called by main in this order.
  void on_start(std::function<Status()> hook) { start_hooks_.push_back(std::move(hook)); }
  Status start();  // runs the start hooks, seals the command table

  std::string run_id;      // 40 hex digits
  std::string executable;  // absolute path
  int64_t started_ms = 0;  // wall clock
  int64_t hz = 10;
  bool latency_tracking = true;  // a histogram of durations per command
  bool cron_paused = false;

 private:
  static inline size_t next_type_number_ = 0;
  template <class T>
  static size_t type_number() {
    static const size_t number = next_type_number_++;
    return number;
  }
  void reject(Client& client, const CommandSpec* spec, std::string_view error);
  void unknown_command(Client& client, Args args);
  void run_after_command();

  std::vector<std::shared_ptr<void>> owned_;
  std::vector<void*> by_type_;  // by type_number: finding the keyspace must cost next to nothing
  std::vector<CommandObserver*> observers_;
  std::vector<std::function<void()>> after_command_;
  int depth_ = 0;
  struct SlowHook {
    const int64_t* threshold_us;
    std::function<void(const CommandReport&)> run;
  };
  std::vector<SlowHook> slow_hooks_;
  int64_t slow_threshold_ns_ = INT64_MAX;
  CycleClock cycle_clock_;
  int64_t batch_clock_ns_ = 0;
  std::vector<std::function<void(Client&)>> reject_hooks_;
  std::vector<std::function<Status()>> start_hooks_;
};

}  // namespace strata::resp
