// The sentinel: what it knows, and its tick.
//
// Ten to nineteen times a second (at random, so that sentinels do not move in step) every instance is looked at:
//
//   tick -> each master -> its replicas -> the other sentinels      reconnect, PING / INFO / hello, is it down?
//                |
//                '-> objectively down? -> start a failover? -> one step of the failover -> ask the others
//
// The rules are free functions in monitor/ and failover/; they share this object. What instances answer comes in between
// ticks and only changes what is known of them - except for INFO of a replica, which moves a failover on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "01_resp_server/server/server.h"
#include "07_sentinel/events/events.h"
#include "07_sentinel/events/scripts.h"
#include "07_sentinel/model/instance.h"
#include "07_sentinel/model/timing.h"
#include "07_sentinel/options/settings.h"
#include "07_sentinel/tilt.h"
#include "common/random.h"

namespace strata::sentinel {

// SENTINEL SIMULATE-FAILURE: where the process is to end itself.
enum SimulatedFailure : unsigned { kCrashAfterElection = 1, kCrashAfterPromotion = 2 };

class Sentinel {
 public:
  static constexpr int kCrashExitCode = 99;

  explicit Sentinel(resp::Server& its_server);
  Sentinel(const Sentinel&) = delete;
  Sentinel& operator=(const Sentinel&) = delete;

  resp::Server& server;
  Timing timing;
  Settings settings;
  std::string id;  // 40 hex digits, for ever the same
  uint64_t current_epoch = 0;
  Scripts scripts;
  Events events;
  Tilt tilt;
  Random random;
  unsigned simulated_failures = 0;
  std::map<std::string, std::unique_ptr<Master>, std::less<>> masters;  // by name

  Master* find(std::string_view name) const;
  Master* find_at(const std::string& host, int port) const;

  // After the configuration is read: an id if there is none yet, the events of what is monitored, the ticks.
  void start();
  // Writes all that must survive a crash into the configuration file. A failure is logged and returned.
  Status save();
  // No-op unless `epoch` is above the current one. `about`: the master it was heard of with.
  void raise_epoch(uint64_t epoch, const Master& about);

  std::string own_password() const { return option("requirepass"); }
  std::string source_address() const { return option("bind-source-addr"); }
  int64_t announced_port() const;

  // Ends the process where SIMULATE-FAILURE asked for it.
  void crash_if(SimulatedFailure point) const;

 private:
  std::string option(std::string_view name) const { return server.config.find(name)->get(); }
  void tick();
  void schedule_tick();
  void look_after(Instance& instance);
  void decide(Master& master);
};

}  // namespace strata::sentinel
