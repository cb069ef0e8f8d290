#include "07_sentinel/sentinel.h"

#include <unistd.h>

#include "01_resp_server/server/config_rewrite.h"
#include "01_resp_server/server/core_options.h"
#include "07_sentinel/failover/failover.h"
#include "07_sentinel/failover/votes.h"
#include "07_sentinel/model/directory.h"
#include "07_sentinel/monitor/down.h"
#include "07_sentinel/monitor/periodic.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::sentinel {

namespace {

constexpr int64_t kMinHz = 10;
constexpr size_t kIdDigits = 40;

}  // namespace

Sentinel::Sentinel(resp::Server& its_server)
    : server(its_server), scripts(timing), events(its_server, settings, scripts) {
  scripts.on_report([this](LogLevel level, std::string_view type, std::string message) {
    events.note(level, type, nullptr, std::move(message));
  });
}

Master* Sentinel::find(std::string_view name) const {
  const auto found = masters.find(name);
  return found == masters.end() ? nullptr : found->second.get();
}

Master* Sentinel::find_at(const std::string& host, int port) const {
  for (const auto& [name, master] : masters) {
    if (is_at(master->address, host, port, settings.resolve_hostnames)) return master.get();
  }
  return nullptr;
}

int64_t Sentinel::announced_port() const {
  return settings.announce_port != 0 ? settings.announce_port : server.get<resp::CoreOptions>().port;
}

// [task 7.1] Take an id, tell of the masters, begin to tick.
void Sentinel::start() {
  if (id.empty()) {
    id = random_hex(kIdDigits);
    (void)save();
  }
  log_warning("Sentinel ID is {}", id);
  for (const auto& [name, master] : masters) announce_monitored(*this, *master);
  schedule_tick();
}

Status Sentinel::save() {
  Status saved = resp::rewrite_config_file(server.config, &resp::LateDirectives::of(server));
  if (saved.ok()) {
    log_notice("Sentinel new configuration saved on disk");
  } else {
    log_warning("WARNING: Sentinel was not able to save the new configuration on disk!!!: {}", saved.message());
  }
  return saved;
}

void Sentinel::raise_epoch(uint64_t epoch, const Master& about) {
  if (epoch <= current_epoch) return;
  current_epoch = epoch;
  (void)save();
  events.note(LogLevel::kWarning, "+new-epoch", &about, std::to_string(current_epoch));
}

void Sentinel::crash_if(SimulatedFailure point) const {
  if ((simulated_failures & point) == 0) return;
  log_warning("Failure simulation: this sentinel ends after {}",
              point == kCrashAfterElection ? "it was elected" : "the promotion");
  ::_exit(kCrashExitCode);
}

// --- the tick ---

// [task 7.1] Tick ten to nineteen times a second, by chance.
void Sentinel::schedule_tick() {
  const int64_t hz = kMinHz + static_cast<int64_t>(random.below(kMinHz));
  server.loop.after(1000 / hz, [this] {
    tick();
    schedule_tick();
  });
}

void Sentinel::tick() {
  if (tilt.tick(now_ms(), wall_ms(), timing.tilt_trigger)) {
    events.note(LogLevel::kWarning, "+tilt", nullptr, "#tilt mode entered");
  }
  if (tilt.ends(now_ms(), timing.tilt_period)) {
    events.note(LogLevel::kWarning, "-tilt", nullptr, "#tilt mode exited");
  }
  Master* promoted = nullptr;
  for (const auto& [name, master] : masters) {
    look_after(*master);
    if (!tilt.active()) decide(*master);
    for (const auto& [key, replica] : master->replicas) look_after(*replica);
    for (const auto& [key, peer] : master->sentinels) look_after(*peer);
    if (master->failover.state == FailoverState::kUpdateConfig) promoted = master.get();
  }
  if (promoted != nullptr) switch_to_promoted(*this, *promoted);  // may rebuild what was just walked through
  scripts.tick();
}

void Sentinel::look_after(Instance& instance) {
  reconnect(*this, instance);
  send_periodic(*this, instance);
  if (!tilt.active()) check_subjectively_down(*this, instance);
}

void Sentinel::decide(Master& master) {
  check_objectively_down(*this, master);
  if (start_failover_if_needed(*this, master)) ask_others(*this, master, Asking::kNow);
  step_failover(*this, master);
  ask_others(*this, master, Asking::kWhenDue);
}

}  // namespace strata::sentinel
