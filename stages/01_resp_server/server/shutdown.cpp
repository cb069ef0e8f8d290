#include "01_resp_server/server/shutdown.h"

#include <unistd.h>

#include <csignal>

#include "01_resp_server/server/server.h"
#include "common/log.h"

namespace strata::resp {
namespace {

constexpr int64_t kRetryMs = 100;

}  // namespace

void Shutdown::begin(ShutdownRequest request, std::function<void(bool aborted)> failed) {
  if (stopping_) return;
  if (failed) failed_.push_back(std::move(failed));
  if (in_progress_) {
    request_.now |= request.now;
    request_.force |= request.force;
  } else {
    log_warning("User requested shutdown...");
    request_ = request;
    in_progress_ = true;
    done_steps_ = 0;
  }
  advance();
}

// Runs the steps of all phases in order, from where the last attempt stopped.
void Shutdown::advance() {
  size_t number = 0;
  for (auto& [phase, steps] : steps_) {
    for (Step& step : steps) {
      if (number++ < done_steps_) continue;
      const Answer answer = step(request_);
      if (!in_progress_) return;  // the step itself aborted
      if (answer == Answer::kRefuse && !request_.force) {
        log_warning("Errors trying to shut down the server. Check the logs for more information.");
        fail(false);
        return;
      }
      if (answer == Answer::kWait && !request_.now) {
        if (!retry_scheduled_) {
          retry_scheduled_ = true;
          server_.loop.after(kRetryMs, [this] {
            retry_scheduled_ = false;
            if (in_progress_) advance();
          });
        }
        return;
      }
      ++done_steps_;
    }
  }
  finish();
}

void Shutdown::finish() {
  in_progress_ = false;
  stopping_ = true;
  failed_.clear();
  exit_code = 0;
  server_.loop.stop();
}

void Shutdown::fail(bool aborted) {
  in_progress_ = false;
  wanted_ = false;
  for (auto& failed : std::exchange(failed_, {})) failed(aborted);
}

bool Shutdown::abort() {
  const bool pending = signal_.exchange(0) != 0;
  if (!in_progress_ && !pending) return false;
  log_notice("Shutdown manually aborted.");
  fail(true);
  return true;
}

void Shutdown::signalled(int signal) {
  if (signal == SIGINT && wanted_.load()) {
    log_from_signal("You insist... exiting now.");
    _exit(1);
  }
  log_from_signal(signal == SIGINT ? "Received SIGINT scheduling shutdown..."
                                   : "Received SIGTERM scheduling shutdown...");
  signal_.store(signal);
  wanted_.store(true);
  server_.loop.wake();
}

void Shutdown::poll() {
  const int signal = signal_.exchange(0);
  if (signal == 0) return;
  begin(signal == SIGINT ? on_sigint : on_sigterm);  // a refused one is forgotten: the next signal tries again
}

}  // namespace strata::resp
