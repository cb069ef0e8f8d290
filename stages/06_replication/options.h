// The options of replication, both ends'.
#pragma once

#include <cstdint>
#include <string>

namespace strata::repl {

// How a replica takes an image in (repl-diskless-load).
enum class DisklessLoad : int { kDisabled, kOnEmptyDb, kSwapDb };
// What becomes of a server that cannot apply what it should (propagation-error-behavior).
enum class ErrorBehavior : int { kIgnore, kPanic, kPanicOnReplicas };

struct Options {
  // of a master
  bool diskless_sync = true;
  int64_t diskless_delay_s = 5;
  int64_t diskless_max_replicas = 0;
  int64_t backlog_bytes = 1 << 20;
  int64_t backlog_ttl_s = 3600;
  int64_t ping_period_s = 10;
  int64_t min_replicas = 0;
  int64_t min_replicas_max_lag_s = 10;
  int64_t shutdown_timeout_s = 10;
  bool disable_nodelay = false;
  // of a replica
  std::string master_user;
  std::string master_password;
  std::string announce_ip;
  int64_t announce_port = 0;
  bool announced = true;
  int64_t priority = 100;
  bool serve_stale_data = true;
  bool read_only = true;
  bool lazy_flush = false;
  bool ignore_maxmemory = true;
  bool ignore_disk_errors = false;
  DisklessLoad diskless_load = DisklessLoad::kDisabled;
  // of both
  int64_t timeout_s = 60;
  ErrorBehavior on_error = ErrorBehavior::kIgnore;
};

}  // namespace strata::repl
