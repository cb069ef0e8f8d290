#include "01_resp_server/server/signals.h"

#include <atomic>
#include <cerrno>
#include <csignal>

#include "01_resp_server/server/server.h"

namespace strata::resp {
namespace {

// A handler has no other way to find its server.
std::atomic<Server*> g_server{nullptr};

void on_shutdown_signal(int signal) {
  const int saved_errno = errno;
  if (Server* server = g_server.load()) server->shutdown.signalled(signal);
  errno = saved_errno;
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = handler;
  sigaction(signal, &action, nullptr);
}

}  // namespace

void catch_signals(Server& server) {
  g_server = &server;
  handle(SIGHUP, SIG_IGN);
  handle(SIGPIPE, SIG_IGN);
  handle(SIGTERM, on_shutdown_signal);
  handle(SIGINT, on_shutdown_signal);
}

void release_signals() {
  handle(SIGTERM, SIG_DFL);
  handle(SIGINT, SIG_DFL);
  g_server = nullptr;
}

}  // namespace strata::resp
