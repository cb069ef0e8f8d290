// A child that works on the data as it was at one moment, while the server goes on: fork(2) shares all memory until one
// of the two writes to a page.
//
//   server (parent)                             child
//   start(job): pipe, fork  ----------------->  lets go of everything that is the server's (child_process.h)
//   serves clients                              job.run(report)
//   INFO: keys, copy-on-write  <--- pipe -----  report: keys so far, memory copied so far
//   end of the pipe: waitpid,  <--- exit -----  _exit(0 or 1), or killed
//   job.ended(how)
//
// Guarantees: at most one child lives at a time, whoever started it; `ended` is called exactly once, from the event loop,
// as soon as the child is gone, however it went; no table is resized meanwhile, for that would copy all of its pages.
// A child dies with its server.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/net/event_loop.h"
#include "03_rdb_snapshot/child/child_report.h"
#include "common/files.h"
#include "common/status.h"

namespace strata::resp {
class Server;
}

namespace strata::rdb {

// How a child ended.
struct ChildEnd {
  pid_t pid = 0;
  bool succeeded = false;  // its job said so
  int signal = 0;          // what killed it; 0: it ended by itself
  uint64_t cow_bytes = 0;  // memory that was copied on its account; 0 unless it succeeded
  bool killed() const;     // deliberately, by ForkChild::kill or an operator's SIGUSR1
};

struct ChildJob {
  std::string_view kind;       // "rdb", "aof": a literal, what running() is asked for
  std::string_view title;      // "redis-rdb-bgsave": what ps shows
  std::string_view cow_label;  // "RDB": how the log calls it
  uint64_t keys = 0;           // to be worked on, for the progress in INFO
  std::vector<int> keep = {};  // descriptors that the child needs besides its pipe and 0, 1, 2
  // In the child: does the work. Nothing of the server but its data may be used: the loop, the clients and all other
  // threads are the parent's.
  std::function<bool(ChildReporter&)> run;
  // In the parent. The next child may be started from here.
  std::function<void(const ChildEnd&)> ended;
};

class ForkChild final : public net::Watcher {
 public:
  explicit ForkChild(resp::Server& server) : server_(server) {}
  ~ForkChild();  // a child that is left dies

  // Only while none is running. An error when the system has no process or descriptors left; the log has it then.
  Status start(ChildJob job);
  bool running() const { return pid_ > 0; }
  bool running(std::string_view kind) const { return running() && job_.kind == kind; }
  pid_t pid() const { return pid_; }
  // Asks the child to die at once (SIGUSR1). Its end is told as always, with killed().
  void kill() const;

  // What the child that is running told last; zeros when there is none.
  const ChildReport& report() const { return report_; }
  uint64_t keys() const { return running() ? job_.keys : 0; }
  int64_t report_age_ms() const;  // of its copy-on-write size

  uint64_t forks() const { return forks_; }
  int64_t last_fork_us() const { return last_fork_us_; }
  void reset_statistics();

  void on_readable() override;

 private:
  void note_fork(int64_t began_us);
  void take_reports();
  void end();

  resp::Server& server_;
  ChildJob job_;
  pid_t pid_ = 0;
  UniqueFd pipe_;  // its end comes with the child's
  ChildReport report_;
  int64_t cow_told_ms_ = 0;  // loop clock
  uint64_t forks_ = 0;
  int64_t last_fork_us_ = 0;
};

}  // namespace strata::rdb
