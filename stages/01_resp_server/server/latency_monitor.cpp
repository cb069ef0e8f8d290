#include "01_resp_server/server/latency_monitor.h"

#include <algorithm>
#include <cstdlib>

#include "common/clock.h"

namespace strata::resp {

void LatencyMonitor::Event::add(int64_t time_s, int64_t ms) {
  worst_ms_ = std::max(worst_ms_, ms);
  if (size_ > 0 && latest().time_s == time_s) {
    Sample& same_second = samples_[(first_ + size_ - 1) % kMostSamples];
    same_second.ms = std::max(same_second.ms, ms);
    return;
  }
  samples_[(first_ + size_) % kMostSamples] = {time_s, ms};
  if (size_ < kMostSamples) {
    size_++;
  } else {
    first_ = (first_ + 1) % kMostSamples;
  }
}

void LatencyMonitor::add_sample(std::string_view event, int64_t ms) {
  if (!enabled() || ms < threshold_ms) return;
  auto found = events_.find(event);
  if (found == events_.end()) found = events_.emplace(std::string(event), Event()).first;
  found->second.add(wall_ms() / 1000, ms);
}

bool LatencyMonitor::reset(std::string_view event) {
  auto found = events_.find(event);
  if (found == events_.end()) return false;
  events_.erase(found);
  return true;
}

size_t LatencyMonitor::reset_all() {
  size_t count = events_.size();
  events_.clear();
  return count;
}

const LatencyMonitor::Event* LatencyMonitor::find(std::string_view event) const {
  auto found = events_.find(event);
  return found == events_.end() ? nullptr : &found->second;
}

LatencyMonitor::Analysis LatencyMonitor::analyse(const Event& event, int64_t now_s) {
  Analysis result;
  if (event.size() == 0) return result;
  auto count = static_cast<int64_t>(event.size());
  int64_t sum = 0;
  result.lowest_ms = result.highest_ms = event.at(0).ms;
  for (size_t i = 0; i < event.size(); i++) {
    int64_t ms = event.at(i).ms;
    sum += ms;
    result.lowest_ms = std::min(result.lowest_ms, ms);
    result.highest_ms = std::max(result.highest_ms, ms);
  }
  result.average_ms = sum / count;
  int64_t deviations = 0;
  for (size_t i = 0; i < event.size(); i++) deviations += std::abs(event.at(i).ms - result.average_ms);
  result.deviation_ms = deviations / count;
  result.period_s = static_cast<double>(now_s - event.at(0).time_s) / static_cast<double>(count);
  return result;
}

}  // namespace strata::resp
