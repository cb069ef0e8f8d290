#include "06_replication/master/failover.h"

#include "01_resp_server/commands/client_pause.h"
#include "06_replication/replication.h"
#include "common/log.h"

namespace strata::repl {

namespace {

using resp::ClientPause;

std::string shown(const Failover::Request& request) {
  return request.names_target() ? fmt::format("{}:{}", request.host, request.port) : "any replica";
}

}  // namespace

std::string_view Failover::state_name() const {
  constexpr std::string_view kNames[] = {"no-failover", "waiting-for-sync", "failover-in-progress"};
  return kNames[static_cast<size_t>(state_)];
}

void Failover::begin(Request request) {
  request_ = std::move(request);
  state_ = State::kWaitingForSync;
  until_ms_ = request_.timeout_ms == 0 ? 0 : server_.loop.now_ms() + request_.timeout_ms;
  log_notice("FAILOVER requested to {}.", shown(request_));
  server_.get<ClientPause>().pause(ClientPause::Purpose::kFailover, ClientPause::Mode::kWrites, INT64_MAX);
}

bool Failover::find_target() {
  Master& master = replication_.master();
  for (resp::Client* client : master.replicas()) {
    Replica& replica = replica_of(*client);
    if (request_.names_target() && (replica.ip(*client) != request_.host || replica.port != request_.port)) continue;
    if (!replica.online() || replica.acked != replication_.stream().offset()) continue;
    request_.host = replica.ip(*client);
    request_.port = replica.port;
    return true;
  }
  return false;
}

// [task 6.14] Hand over when the target has everything, or when the time is up.
void Failover::look() {
  if (state_ == State::kInProgress) {
    replication_.link()->retry();
  } else if (state_ == State::kWaitingForSync) {
    const bool late = until_ms_ != 0 && server_.loop.now_ms() >= until_ms_;
    if (late && !request_.force) {
      abort("Replica never caught up before timeout");
    } else if (late) {
      log_notice("FAILOVER to {} time out exceeded, failing over.", shown(request_));
      proceed();
    } else if (find_target()) {
      log_notice("Failover target {} is synced, failing over.", shown(request_));
      proceed();
    }
  }
}

void Failover::proceed() {
  state_ = State::kInProgress;
  replication_.follow(request_.host, request_.port);
  replication_.link()->ask_for_failover();
}

void Failover::answered(bool accepted) {
  if (accepted) {
    end();
  } else {
    server_.loop.soon([this] {
      if (state_ == State::kInProgress) abort("Failover target rejected psync request");
    });
  }
}

// [task 6.14] A master again, as if nothing had been.
void Failover::abort(std::string_view why) {
  log_notice("FAILOVER to {} aborted: {}", shown(request_), why);
  if (state_ == State::kInProgress) replication_.promote();
  end();
}

void Failover::end() {
  state_ = State::kNone;
  server_.get<ClientPause>().unpause(ClientPause::Purpose::kFailover);
}

}  // namespace strata::repl
