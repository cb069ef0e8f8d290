#include "01_resp_server/db/keyspace.h"

#include "01_resp_server/db/string_value.h"
#include "common/clock.h"

namespace strata::db {

Keyspace::Keyspace(size_t databases) {
  types[ValueType::kString] = string_type();
  resize(databases);
  tick();
}

void Keyspace::resize(size_t databases) {
  while (databases_.size() > databases) databases_.pop_back();
  while (databases_.size() < databases) {
    databases_.push_back(std::make_unique<Database>(*this, static_cast<int>(databases_.size())));
  }
}

void Keyspace::swap(int a, int b) {
  auto& first = databases_[static_cast<size_t>(a)];
  auto& second = databases_[static_cast<size_t>(b)];
  std::swap(first, second);
  first->set_index(a);
  second->set_index(b);
  events.tell_reset(first.get());
  events.tell_reset(second.get());
}

int64_t Keyspace::now_ms() const {
  if (frozen_ms_ != 0) return frozen_ms_;
  if (moment_ == nullptr || *moment_ != sampled_moment_) {
    sampled_ms_ = wall_ms();
    if (moment_ != nullptr) sampled_moment_ = *moment_;
  }
  return sampled_ms_;
}

void Keyspace::tick() {
  int64_t now = wall_ms();
  access_clock_ = counts_accesses() ? fresh_frequency(now)
                                    : static_cast<uint32_t>(static_cast<uint64_t>(now / 1000) & Entry::kClockMask);
}

void Keyspace::follow_policy() {
  touch = nullptr;
  if (policy == EvictionPolicy::kVolatileLfu || policy == EvictionPolicy::kAllKeysLfu) {
    touch = [](Keyspace& keyspace, uint32_t old_clock) {
      return count_access(old_clock, keyspace.access_clock(), keyspace.frequency, keyspace.random);
    };
  }
  tick();
}

uint64_t Keyspace::size() const {
  uint64_t keys = 0;
  for (const auto& database : databases_) keys += database->size();
  return keys;
}

void Keyspace::clear(bool lazily) {
  for (const auto& database : databases_) database->clear(lazily);
}

}  // namespace strata::db
