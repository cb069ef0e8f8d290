#include "03_rdb_snapshot/child/child_process.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "01_resp_server/server/core_options.h"
#include "01_resp_server/server/server.h"
#include "common/log.h"

namespace strata::rdb {

namespace {

bool g_in_child = false;

void on_kill(int) {
  log_from_signal("Received SIGUSR1 in child, exiting now.");
  _exit(kKilledExitCode);
}

void set_signals(pid_t parent) {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_kill;
  sigaction(SIGUSR1, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGUSR1);
  if (getppid() != parent) _exit(kKilledExitCode);  // it died before it could be told
}

// [task 3.10] Close every descriptor from 3 on that is not to be kept.
void close_all_but(std::vector<int> keep) {
  std::sort(keep.begin(), keep.end());
  unsigned from = STDERR_FILENO + 1;
  for (const int each : keep) {
    const auto fd = static_cast<unsigned>(each);
    if (fd > from) close_range(from, fd - 1, 0);
    from = std::max(from, fd + 1);
  }
  close_range(from, ~0u, 0);
}

// The connection to syslog goes with the other descriptors; what gets its number next must not be taken for it.
void close_descriptors(const resp::CoreOptions& options, std::vector<int> keep) {
  if (options.syslog_enabled) disable_syslog();
  close_all_but(std::move(keep));
  if (options.syslog_enabled) (void)enable_syslog(options.syslog_ident, options.syslog_facility);
}

}  // namespace

void become_child(resp::Server& server, pid_t parent, std::string_view title, std::vector<int> keep) {
  g_in_child = true;
  set_log_role('C');
  set_signals(parent);
  const auto& options = server.get<resp::CoreOptions>();
  close_descriptors(options, std::move(keep));
  resp::refresh_title(server, title);
}

bool in_child() { return g_in_child; }

}  // namespace strata::rdb
