// How a forked copy of the server turns into a child that disturbs nobody.
//
// It shares with the server what is behind every descriptor: the sockets of the clients (a connection that the server
// closes would stay open for as long as the child holds it), the listening sockets (its port would stay taken) and the
// epoll instance (taking a watcher off here would take it off there). So it closes them all without touching what is
// behind them, and leaves by _exit: no destructor of the server runs here.
//
//   SIGUSR1           the deliberate kill: leaves a line in the log and dies
//   SIGTERM, SIGINT   not for it (a terminal sends them to the whole group): the server decides
//   server dies       as SIGUSR1: an orphan must not replace files of the server that comes next
#pragma once

#include <sys/types.h>

#include <string_view>
#include <vector>

namespace strata::resp {
class Server;
}

namespace strata::rdb {

// The exit code of a child that SIGUSR1 ended.
inline constexpr int kKilledExitCode = 255;

// Called first thing after fork. `parent` is the server's process; `keep` are the descriptors that stay open besides
// 0, 1 and 2; `title` is what ps shows in place of the program's name.
void become_child(resp::Server& server, pid_t parent, std::string_view title, std::vector<int> keep);

// Is this process one?
bool in_child();

}  // namespace strata::rdb
