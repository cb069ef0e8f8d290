#include "02_data_types/expiry/expiry_cycle.h"

#include <algorithm>
#include <utility>

namespace strata::db {

ExpiryCycle::ExpiryCycle(Keyspace& keyspace) : keyspace_(keyspace) {
  for (size_t i = 0; i < keyspace.count(); i++) {
    watched_.push_back(std::make_unique<Watched>(keyspace.db(static_cast<int>(i))));
  }
}

Deadlines& ExpiryCycle::deadlines(const Database& database) {
  // Not by index: SWAPDB gives databases other numbers.
  auto found = std::find_if(watched_.begin(), watched_.end(),
                            [&](auto& watched) { return &watched->deadlines.database() == &database; });
  return (*found)->deadlines;
}

// [task 2.9] Give every database its turn until nothing is due or the time is up.
bool ExpiryCycle::run(const std::function<bool()>& out_of_time) {
  const int64_t now_ms = keyspace_.now_ms();
  for (size_t n = 0; n < watched_.size(); n++, turn_ = (turn_ + 1) % watched_.size()) {
    if (!finish_round(*watched_[turn_], now_ms, out_of_time)) return false;
  }
  return true;
}

// [task 2.9] Visit the groups of a database that are due, going on where the last visit ended.
bool ExpiryCycle::finish_round(Watched& watched, int64_t now_ms, const std::function<bool()>& out_of_time) {
  Deadlines& deadlines = watched.deadlines;
  while (deadlines.due(now_ms)) {
    if (watched.next_group == 0) deadlines.fit();
    size_t group = deadlines.next_due(watched.next_group, now_ms);
    for (; group < deadlines.groups(); group = deadlines.next_due(group + 1, now_ms)) {
      expire_group(deadlines, group, now_ms);
      if (out_of_time()) {
        watched.next_group = group + 1;
        return false;
      }
    }
    watched.next_group = 0;
    deadlines.refresh_earliest();
  }
  return true;
}

// [task 2.9] Delete what has expired in a group.
void ExpiryCycle::expire_group(Deadlines& deadlines, size_t group, int64_t now_ms) {
  doomed_.clear();
  deadlines.look_through(group, [&](Entry* entry) {
    looked_at_++;
    if (entry->expiry_ms() >= now_ms) return true;
    doomed_.push_back(entry);
    return false;
  });
  expired_ += doomed_.size();
  for (Entry* entry : doomed_) deadlines.database().peek(entry->key());  // a look at an expired key deletes it
}

double ExpiryCycle::stale_percent() {
  const int64_t now_ms = keyspace_.now_ms();
  const auto looked_at = static_cast<double>(std::exchange(looked_at_, 0));
  const auto expired = static_cast<double>(std::exchange(expired_, 0));
  size_t groups = 0;
  size_t due = 0;
  for (auto& watched : watched_) {
    groups += watched->deadlines.groups();
    if (watched->deadlines.due(now_ms)) due += watched->deadlines.count_due(now_ms);
  }
  if (due == 0 || looked_at == 0) return 0;
  return 100 * (expired / looked_at) * (static_cast<double>(due) / static_cast<double>(groups));
}

void ExpiryCycle::sample_ttls() {
  const int64_t now_ms = keyspace_.now_ms();
  for (auto& watched : watched_) sample_ttl(*watched, now_ms);
}

void ExpiryCycle::sample_ttl(Watched& watched, int64_t now_ms) {
  Deadlines& deadlines = watched.deadlines;
  Database& database = deadlines.database();
  if (database.with_expiry() == 0) {
    database.set_average_ttl_ms(0);
    return;
  }
  // Keys may have come by the million since the last round; within a round the groups must keep their numbers.
  if (watched.next_group == 0) deadlines.fit();
  size_t group = deadlines.next_due(watched.next_sample, Deadlines::kAnyTime);
  if (group == deadlines.groups()) group = deadlines.next_due(0, Deadlines::kAnyTime);
  if (group == deadlines.groups()) return;
  watched.next_sample = group + 1;
  int64_t sum = 0;
  int64_t count = 0;
  deadlines.look_through(group, [&](Entry* entry) {
    if (entry->expiry_ms() > now_ms) {
      sum += std::min(entry->expiry_ms() - now_ms, Deadlines::kNever / (1 << 20));
      count++;
    }
    return true;
  });
  if (count == 0) return;
  // A moving average: the new sample counts for a fiftieth, as in Redis.
  const int64_t average = database.average_ttl_ms();
  database.set_average_ttl_ms(average == 0 ? sum / count : average / 50 * 49 + sum / count / 50);
}

}  // namespace strata::db
