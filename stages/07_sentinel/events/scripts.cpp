#include "07_sentinel/events/scripts.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace strata::sentinel {

namespace {

constexpr int kCannotRun = 2;          // exit code of a child that could not become the script
constexpr int kForkFailedSignal = 99;  // what an event shows in place of a signal

// In the child: the memory is shared with the parent's past, so nothing but system calls until exec.
[[noreturn]] void become(char* const* argv) {
  ::execve(argv[0], argv, environ);
  ::_exit(kCannotRun);
}

}  // namespace

// [task 7.15] Put a job into the queue.
void Scripts::schedule(std::vector<std::string> argv) {
  jobs_.push_back({std::move(argv)});
  if (jobs_.size() <= kMaxQueue) return;
  const auto waiting = std::find_if(jobs_.begin(), jobs_.end(), [](const ScriptJob& job) { return job.pid == 0; });
  if (waiting != jobs_.end()) jobs_.erase(waiting);
}

void Scripts::tick() {
  start_due();
  reap();
  kill_overdue();
}

// [task 7.15] Run what is due.
void Scripts::start_due() {
  const int64_t now = now_ms();
  for (ScriptJob& job : jobs_) {
    if (running_ >= kMaxRunning) return;
    if (job.pid != 0 || job.since_ms > now) continue;
    std::vector<char*> argv;
    for (std::string& word : job.argv) argv.push_back(word.data());
    argv.push_back(nullptr);
    job.since_ms = now;
    job.runs++;
    const pid_t pid = ::fork();
    if (pid == 0) become(argv.data());
    if (pid < 0) {
      report_(LogLevel::kWarning, "-script-error", fmt::format("{} {} {}", job.argv[0], kForkFailedSignal, 0));
      job.runs--;
      continue;
    }
    job.pid = pid;
    running_++;
    report_(LogLevel::kDebug, "+script-child", std::to_string(pid));
  }
}

// [task 7.15] Notice who has ended.
void Scripts::reap() {
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    const auto each = job++;
    int status = 0;
    if (each->pid != 0 && ::waitpid(each->pid, &status, WNOHANG) == each->pid) ended(each, status);
  }
}

// [task 7.15] Again, or never again?
void Scripts::ended(std::list<ScriptJob>::iterator job, int status) {
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  running_--;
  report_(LogLevel::kDebug, "-script-child", fmt::format("{} {} {}", std::exchange(job->pid, 0), code, signal));
  const bool again = signal != 0 || code == 1;
  if (again && job->runs < kMaxRuns) {
    job->since_ms = now_ms() + retry_delay(job->runs, timing_.script_retry_delay);
    return;
  }
  if (signal != 0 || code != 0) {
    report_(LogLevel::kWarning, "-script-error", fmt::format("{} {} {}", job->argv[0], signal, code));
  }
  jobs_.erase(job);
}

// [task 7.15] End what takes too long.
void Scripts::kill_overdue() {
  const int64_t now = now_ms();
  for (ScriptJob& job : jobs_) {
    if (job.pid == 0 || now - job.since_ms <= timing_.script_max_runtime) continue;
    report_(LogLevel::kWarning, "-script-timeout", fmt::format("{} {}", job.argv[0], job.pid));
    ::kill(job.pid, SIGKILL);
  }
}

bool is_executable(const std::string& path) { return ::access(path.c_str(), X_OK) == 0; }

}  // namespace strata::sentinel
