#include "03_rdb_snapshot/child/fork_child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "01_resp_server/db/table.h"
#include "01_resp_server/server/latency_monitor.h"
#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/child/child_process.h"
#include "common/assert.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::rdb {

namespace {

ChildEnd end_of(pid_t pid, int status) {
  ChildEnd end{.pid = pid};
  if (WIFSIGNALED(status)) {
    end.signal = WTERMSIG(status);
  } else if (WEXITSTATUS(status) == kKilledExitCode) {
    end.signal = SIGUSR1;
  } else {
    end.succeeded = WEXITSTATUS(status) == 0;
  }
  return end;
}

// Waits for a child that is dying.
int status_of(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) STRATA_ASSERT(errno == EINTR, "waitpid({}): errno {}", pid, errno);
  return status;
}

}  // namespace

bool ChildEnd::killed() const { return signal == SIGUSR1; }

ForkChild::~ForkChild() {
  if (!running()) return;
  server_.loop.unwatch(pipe_.get());
  ::kill(pid_, SIGKILL);
  status_of(pid_);
  db::TableResizing::allow(true);
}

// [task 3.10] Fork: the child does its job, the parent goes on and watches the pipe.
Status ForkChild::start(ChildJob job) {
  STRATA_ASSERT(!running(), "a child ({}) runs already", job_.kind);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return Status::from_errno("pipe");
  UniqueFd from_child(ends[0]);
  UniqueFd to_parent(ends[1]);
  if (Status watched = server_.loop.watch(from_child.get(), net::kRead, this); !watched.ok()) return watched;

  const pid_t parent = getpid();
  const int64_t began = mono_us();
  const pid_t pid = fork();
  if (pid == 0) {
    job.keep.push_back(to_parent.get());
    become_child(server_, parent, job.title, job.keep);
    ChildReporter reporter(to_parent.get(), job.cow_label);
    const bool succeeded = job.run(reporter);
    if (succeeded) reporter.finish();
    _exit(succeeded ? 0 : 1);
  }
  if (pid < 0) {
    Status failed = Status::from_errno("fork");
    server_.loop.unwatch(from_child.get());
    return failed;
  }
  note_fork(began);
  db::TableResizing::allow(false);
  job_ = std::move(job);
  pipe_ = std::move(from_child);
  report_ = {};
  cow_told_ms_ = server_.loop.now_ms();
  pid_ = pid;
  return {};
}

void ForkChild::note_fork(int64_t began_us) {
  last_fork_us_ = mono_us() - began_us;
  forks_++;
  server_.get<resp::LatencyMonitor>().add_sample("fork", last_fork_us_ / 1000);
}

void ForkChild::kill() const {
  if (running()) ::kill(pid_, SIGUSR1);
}

int64_t ForkChild::report_age_ms() const { return report_.cow_bytes == 0 ? 0 : server_.loop.now_ms() - cow_told_ms_; }

void ForkChild::reset_statistics() {
  forks_ = 0;
  last_fork_us_ = 0;
}

void ForkChild::on_readable() {
  for (;;) {
    ChildReport told;
    const ssize_t got = read(pipe_.get(), &told, sizeof told);
    if (got == sizeof told) {
      report_ = told;
      if (told.cow_measured) cow_told_ms_ = server_.loop.now_ms();
    } else if (got == 0) {
      end();
      return;
    } else if (errno != EINTR) {
      return;
    }
  }
}

// [task 3.10] Take leave of the child and tell whoever started it how it ended.
void ForkChild::end() {
  server_.loop.unwatch(pipe_.get());
  pipe_.reset();
  ChildEnd end = end_of(pid_, status_of(pid_));
  if (report_.last) end.cow_bytes = report_.cow_bytes;
  pid_ = 0;
  report_ = {};
  db::TableResizing::allow(true);
  auto ended = std::move(job_.ended);
  job_ = {};
  ended(end);
}

}  // namespace strata::rdb
