// Eviction: keeps the memory in use below maxmemory by deleting keys.
//
//   command arrives --gate--> make_room() -- within the limit ------------------------> runs
//                               |   ^  |--- over it, deleting takes longer than allowed -> runs; the rest is deleted
//                               |   |  |                                                   turn by turn
//                               v   |  '--- no key may go --------> commands that may need memory: -OOM
//                         delete the victim                          all others:                   run
//
// The gate is armed only while maxmemory is set. It stands before every command that may take memory; the memory that
// commands take otherwise (replies, above all) is looked at once per turn of the event loop.
//
// What counts is common/memory.h's used_memory(), less what evicting keys could not help or should not pay for: the
// buffers of replicas and of the append-only file, whose stages say so with not_counted().
//
// Nothing is evicted while the data must not change by itself (Keyspace::held); commands run then as if there was room.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "01_resp_server/server/server.h"
#include "02_data_types/eviction/victim_finder.h"

namespace strata::db {

class LazyFree;

class Eviction {
 public:
  enum class Outcome : uint8_t {
    kEnough,   // memory is within the limit
    kRunning,  // not yet, but keys are going
    kFailed,   // not, and no key may go
  };

  explicit Eviction(resp::Server& server);

  // Deletes keys until memory is within the limit, for as long as the tenacity allows; goes on by itself in the turns
  // that follow.
  Outcome make_room();

  // Bytes that are part of used_memory() and do not count. May be called for several parts, which add up.
  void not_counted(std::function<size_t()> bytes) { not_counted_.push_back(std::move(bytes)); }
  size_t not_counted_bytes() const;
  // True while another server evicts in this one's place (a replica's master). Null: never.
  std::function<bool()> left_to_another;

  // Options. Call follow_options() after changing them.
  struct Options {
    int64_t limit_bytes = 0;  // maxmemory; 0: none
    int64_t samples = 5;
    int64_t tenacity = 10;
  };
  Options options;
  void follow_options();
  // The longest that one call of make_room() may take; 0: as long as it needs.
  static int64_t time_limit_us(int64_t tenacity);

  // For INFO stats. Times in ms.
  uint64_t evicted_keys() const { return evicted_keys_; }
  int64_t total_exceeded_ms() const;
  int64_t current_exceeded_ms() const;
  void reset_statistics();

 private:
  static bool gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args args);
  bool admits(resp::Client& client);  // a command that may need memory; answers the error itself
  size_t bytes_over_limit() const;
  Outcome evict();
  void remove(const Victim& victim);
  void go_on_later();
  void note_exceeded(bool exceeded);

  resp::Server& server_;
  Keyspace& keyspace_;
  std::unique_ptr<VictimFinder> finder_;  // from the start on
  const LazyFree* lazy_free_ = nullptr;
  resp::GateBit gate_bit_ = 0;
  std::vector<std::function<size_t()>> not_counted_;
  bool going_on_ = false;
  uint64_t evicted_keys_ = 0;
  int64_t exceeded_since_us_ = 0;  // 0: memory is within the limit
  int64_t exceeded_us_ = 0;        // earlier times, added up
};

}  // namespace strata::db
