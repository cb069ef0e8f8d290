#include "02_data_types/expiry/active_expiry.h"

#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/server/info_sections.h"
#include "01_resp_server/server/latency_monitor.h"
#include "02_data_types/families.h"
#include "common/clock.h"

namespace strata::db {

namespace {

constexpr int64_t kShortestSliceUs = 100;  // less is not worth beginning
constexpr double kStaleWeight = 0.05;      // of the latest estimate in the moving average, as in Redis

}  // namespace

ActiveExpiry::ActiveExpiry(resp::Server& server) : server_(server), keyspace_(server.get<Keyspace>()) {
  server.on_start([this] { return start(); });
  server.loop.before_sleep([this] {
    if (unfinished_) work();
  });
}

Status ActiveExpiry::start() {
  follow_effort();
  cycle_ = std::make_unique<ExpiryCycle>(keyspace_);
  slow_timer_ = server_.every(1000 / server_.hz, [this] {
    server_.loop.set_period(slow_timer_, 1000 / server_.hz);  // dynamic-hz
    slow_cycle();
  });
  return {};
}

void ActiveExpiry::follow_effort() {
  const auto more = static_cast<double>(effort - 1);
  share_.set(0.25 + 0.02 * more, static_cast<int64_t>(400 + 50 * more));
}

bool ActiveExpiry::enabled() const {
  return server_.get<resp::DebugCommands>().active_expire && keyspace_.deletes_expired();
}

// [task 2.9] Bring the figures up to date and work, hz times a second.
void ActiveExpiry::slow_cycle() {
  if (!enabled()) return;
  if (unfinished_) time_cap_reached_++;
  stale_percent_ += kStaleWeight * (cycle_->stale_percent() - stale_percent_);
  cycle_->sample_ttls();
  work();
}

// [task 2.9] Run the cycle for no longer than its share of the time, and see to it that it goes on.
void ActiveExpiry::work() {
  if (!enabled()) {
    unfinished_ = false;
    return;
  }
  const int64_t start_us = mono_us();
  const int64_t allowance_us = share_.allowance_us(start_us);
  if (allowance_us >= kShortestSliceUs) {
    unfinished_ = !cycle_->run([=] { return mono_us() - start_us >= allowance_us; });
    const int64_t elapsed_us = mono_us() - start_us;
    share_.spend(elapsed_us);
    spent_us_ += elapsed_us;
    server_.get<resp::LatencyMonitor>().add_sample("expire-cycle", elapsed_us / 1000);
  }
  if (unfinished_) go_on_later();
}

void ActiveExpiry::go_on_later() {
  if (timer_running_) return;
  timer_running_ = true;
  server_.loop.after(1, [this] { timer_running_ = false; });  // the hook before sleeping does the rest
}

void ActiveExpiry::reset_statistics() {
  stale_percent_ = 0;
  time_cap_reached_ = 0;
}

void install_active_expiry(Server& server) {
  auto& expiry = server.own<ActiveExpiry>(server);
  server.config.integer("active-expire-effort", &expiry.effort, 1, 1, 10,
                        "how much time the deletion of expired keys may take", {.on_change = [&expiry] {
                          expiry.follow_effort();
                          return Status();
                        }});
  server.info.section("stats").add([&expiry](resp::InfoWriter& out) {
    out.line("expired_stale_perc:{:.2f}", expiry.stale_percent());
    out.field("expired_time_cap_reached_count", expiry.time_cap_reached());
    out.field("expire_cycle_cpu_milliseconds", expiry.spent_ms());
  });
  resp::on_reset_statistics(server, [&expiry] { expiry.reset_statistics(); });
}

}  // namespace strata::db
