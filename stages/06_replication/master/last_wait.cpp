#include "06_replication/master/last_wait.h"

#include "01_resp_server/commands/client_pause.h"
#include "06_replication/replication.h"
#include "common/log.h"

namespace strata::repl {

namespace {

using resp::ClientPause;
using Answer = resp::Shutdown::Answer;

class LastWait {
 public:
  explicit LastWait(resp::Server& server) : server_(server) {}

  // [task 6.13] Wait for those who lag behind, but not for ever.
  Answer step(const resp::ShutdownRequest& request) {
    auto& replication = server_.get<Replication>();
    Master& master = replication.master();
    const int64_t timeout_ms = replication.options.shutdown_timeout_s * 1000;
    const int64_t now = server_.loop.now_ms();
    if (replication.is_replica() || request.now || timeout_ms == 0 || master.lagging() == 0) return finish();
    if (until_ms_ == 0) {
      until_ms_ = now + timeout_ms;
      log_notice("{} of {} replicas are in sync when shutting down: waiting for the others.",
                 master.replicas().size() - master.lagging(), master.replicas().size());
      server_.get<ClientPause>().pause(ClientPause::Purpose::kShutdown, ClientPause::Mode::kWrites, until_ms_);
      master.ask_for_acks();
    }
    if (now < until_ms_) return Answer::kWait;
    master.log_lagging();
    return finish();
  }

  // The shutdown may have been called off.
  void periodic() {
    if (until_ms_ != 0 && !server_.shutdown.in_progress()) (void)finish();
  }
  int64_t left_ms() const { return until_ms_ == 0 ? -1 : std::max<int64_t>(until_ms_ - server_.loop.now_ms(), 0); }

 private:
  Answer finish() {
    if (until_ms_ != 0) server_.get<ClientPause>().unpause(ClientPause::Purpose::kShutdown);
    until_ms_ = 0;
    return Answer::kDone;
  }

  resp::Server& server_;
  int64_t until_ms_ = 0;  // loop clock; 0: it has not begun
};

}  // namespace

void install_last_wait(Server& server) {
  auto& wait = server.own<LastWait>(server);
  server.shutdown.add(resp::ShutdownPhase::kPrepare, [&server, &wait](const resp::ShutdownRequest& request) {
    return server.get<Replication>().master().replicas().empty() ? Answer::kDone : wait.step(request);
  });
  server.loop.before_sleep([&wait] { wait.periodic(); });
  server.info.section("server").add([&wait](resp::InfoWriter& out) {
    if (wait.left_ms() >= 0) out.field("shutdown_in_milliseconds", wait.left_ms());
  });
}

}  // namespace strata::repl
