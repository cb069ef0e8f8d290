#include "02_data_types/eviction/eviction.h"

#include <cmath>
#include <utility>

#include "01_resp_server/server/client.h"
#include "01_resp_server/server/latency_monitor.h"
#include "02_data_types/expiry/active_expiry.h"
#include "02_data_types/lazyfree/lazy_free.h"
#include "02_data_types/transactions/transactions.h"
#include "common/clock.h"
#include "common/memory.h"

namespace strata::db {

namespace {

constexpr uint64_t kKeysBetweenClockReads = 16;

}  // namespace

Eviction::Eviction(resp::Server& server) : server_(server), keyspace_(server.get<Keyspace>()) {
  gate_bit_ = server.gates.add(
      "out of memory", resp::GateRank::kOutOfMemory, [](const resp::CommandSpec&) { return true; }, gate);
  server.on_start([this] {
    finder_ = std::make_unique<VictimFinder>(keyspace_, server_.get<ActiveExpiry>().cycle());
    lazy_free_ = server_.find<LazyFree>();
    follow_options();
    return Status();
  });
  server.loop.before_sleep([this] {
    if (options.limit_bytes > 0 && !going_on_) make_room();
  });
}

void Eviction::follow_options() {
  if (options.limit_bytes > 0) {
    server_.armed |= gate_bit_;
  } else {
    server_.armed &= ~gate_bit_;
    note_exceeded(false);
  }
}

size_t Eviction::not_counted_bytes() const {
  size_t bytes = 0;
  for (const auto& part : not_counted_) bytes += part();
  return bytes;
}

size_t Eviction::bytes_over_limit() const {
  const auto limit = static_cast<size_t>(options.limit_bytes);
  const size_t used = used_memory();
  if (used <= limit) return 0;
  const size_t over = used - limit;
  const size_t spared = not_counted_bytes();
  return over > spared ? over - spared : 0;
}

int64_t Eviction::time_limit_us(int64_t tenacity) {
  constexpr int64_t kUsPerStep = 50;  // up to 10: linear, half a millisecond at the default
  if (tenacity <= 10) return std::max<int64_t>(tenacity * kUsPerStep, 1);
  if (tenacity == 100) return 0;
  return static_cast<int64_t>(10 * kUsPerStep * std::pow(1.15, static_cast<double>(tenacity - 10)));  // to two minutes
}

Eviction::Outcome Eviction::make_room() {
  if ((left_to_another && left_to_another()) || bytes_over_limit() == 0) {
    note_exceeded(false);
    return Outcome::kEnough;
  }
  if (keyspace_.held && keyspace_.held()) return Outcome::kEnough;
  const Outcome outcome = keyspace_.policy == EvictionPolicy::kNoEviction ? Outcome::kFailed : evict();
  note_exceeded(outcome != Outcome::kEnough);
  return outcome;
}

// [task 2.10] Delete victims until memory is within the limit or the time is up.
Eviction::Outcome Eviction::evict() {
  const int64_t start_us = mono_us();
  const int64_t limit_us = time_limit_us(options.tenacity);
  Outcome outcome = Outcome::kEnough;
  for (uint64_t n = 1; bytes_over_limit() > 0; n++) {
    if (lazy_free_ != nullptr && lazy_free_->pending() > 0) {  // memory that is on its way already
      outcome = Outcome::kRunning;
      break;
    }
    Victim victim = finder_->find(static_cast<size_t>(options.samples));
    if (!victim) {
      outcome = Outcome::kFailed;
      break;
    }
    remove(victim);
    if (limit_us != 0 && n % kKeysBetweenClockReads == 0 && mono_us() - start_us > limit_us) {
      outcome = Outcome::kRunning;
      break;
    }
  }
  if (outcome == Outcome::kRunning) go_on_later();
  auto& monitor = server_.get<resp::LatencyMonitor>();
  if (monitor.enabled()) monitor.add_sample("eviction-cycle", (mono_us() - start_us) / 1000);
  return outcome;
}

// [task 2.10] Delete a victim, and tell all who must know.
void Eviction::remove(const Victim& victim) {
  evicted_keys_++;
  if (!keyspace_.events.anyone() && !keyspace_.effects.wanted) {
    victim.database->remove(victim.ref, Removal::kEvicted);
    return;
  }
  const std::string key(victim.ref->key());
  victim.database->remove(victim.ref, Removal::kEvicted);
  if (keyspace_.effects.wanted) {
    const char* verb = keyspace_.frees_lazily(Removal::kEvicted) ? "UNLINK" : "DEL";
    keyspace_.effects.also_replay(victim.database->index(), {verb, key});
  }
  keyspace_.changed(*victim.database, key, "evicted", EventClass::kEvicted, 0);
}

void Eviction::go_on_later() {
  if (going_on_) return;
  going_on_ = true;
  server_.loop.soon([this] {
    going_on_ = false;
    if (options.limit_bytes > 0) make_room();
  });
}

bool Eviction::gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args) {
  return !Transactions::takes_memory(client, spec) || client.server.get<Eviction>().admits(client);
}

// [task 2.10] Make room for a command, or refuse it.
bool Eviction::admits(resp::Client& client) {
  if (make_room() != Outcome::kFailed) return true;
  client.reply.error("OOM command not allowed when used memory > 'maxmemory'.");
  return false;
}

void Eviction::note_exceeded(bool exceeded) {
  if (exceeded) {
    if (exceeded_since_us_ == 0) exceeded_since_us_ = mono_us();
  } else if (exceeded_since_us_ != 0) {
    exceeded_us_ += mono_us() - std::exchange(exceeded_since_us_, 0);
  }
}

int64_t Eviction::current_exceeded_ms() const {
  return exceeded_since_us_ == 0 ? 0 : (mono_us() - exceeded_since_us_) / 1000;
}

int64_t Eviction::total_exceeded_ms() const { return exceeded_us_ / 1000 + current_exceeded_ms(); }

void Eviction::reset_statistics() {
  evicted_keys_ = 0;
  exceeded_us_ = 0;
  exceeded_since_us_ = 0;
}

}  // namespace strata::db
