// The latency monitor: a short history of what took longer than latency-monitor-threshold milliseconds.
//
// Whoever does something that may hold up the clients (a slow command, fork, fsync, expiry) reports how long
// it took:
//
//   server.get<LatencyMonitor>().add_sample("fork", milliseconds);
//
// Samples below the threshold are dropped, all of them while it is 0. Of each event the last 160 seconds in
// which it happened are kept, with the longest sample of each second, and the longest ever.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace strata::resp {

class LatencyMonitor {
 public:
  struct Sample {
    int64_t time_s = 0;  // Unix time
    int64_t ms = 0;
  };

  class Event {
   public:
    static constexpr size_t kMostSamples = 160;
    void add(int64_t time_s, int64_t ms);
    size_t size() const { return size_; }
    const Sample& at(size_t i) const { return samples_[(first_ + i) % kMostSamples]; }  // oldest first
    const Sample& latest() const { return at(size_ - 1); }
    int64_t worst_ms() const { return worst_ms_; }  // since the event's first sample, not only of those kept

   private:
    std::array<Sample, kMostSamples> samples_{};
    size_t first_ = 0;
    size_t size_ = 0;
    int64_t worst_ms_ = 0;
  };
  using Events = std::map<std::string, Event, std::less<>>;

  void add_sample(std::string_view event, int64_t ms);
  // Forgets an event; false when there is none.
  bool reset(std::string_view event);
  size_t reset_all();  // the number of events forgotten

  const Event* find(std::string_view event) const;
  const Events& events() const { return events_; }
  bool enabled() const { return threshold_ms > 0; }

  // What the samples kept of an event tell.
  struct Analysis {
    int64_t average_ms = 0;
    int64_t deviation_ms = 0;  // mean absolute deviation from the average
    int64_t lowest_ms = 0;
    int64_t highest_ms = 0;
    double period_s = 0;  // between two samples, on average
  };
  static Analysis analyse(const Event& event, int64_t now_s);

  int64_t threshold_ms = 0;  // latency-monitor-threshold

 private:
  Events events_;
};

}  // namespace strata::resp
