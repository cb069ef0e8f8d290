// Counters of the server since the start or the last CONFIG RESETSTAT: what INFO stats, errorstats and commandstats show.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace strata::resp {

// A rate per second over the last 16 samples, taken every 100 ms.
class RateMeter {
 public:
  void sample(int64_t now_ms, uint64_t total);
  uint64_t per_second() const;
  void reset() { *this = RateMeter(); }

 private:
  static constexpr int kSamples = 16;
  uint64_t rates_[kSamples] = {};
  int next_ = 0;
  int64_t last_ms_ = 0;
  uint64_t last_total_ = 0;
};

struct ServerStats {
  uint64_t connections_received = 0;
  uint64_t rejected_connections = 0;
  uint64_t commands_processed = 0;
  uint64_t net_input_bytes = 0;
  uint64_t net_output_bytes = 0;
  uint64_t error_replies = 0;
  uint64_t unexpected_error_replies = 0;
  uint64_t reads_processed = 0;
  uint64_t writes_processed = 0;
  uint64_t client_output_limit_closed = 0;
  uint64_t client_query_limit_closed = 0;
  uint64_t largest_input = 0;  // recent maxima, for INFO clients
  uint64_t largest_output = 0;
  RateMeter commands_rate;
  RateMeter input_rate;
  RateMeter output_rate;
  // Errors by their code ("ERR", "WRONGTYPE"); at most 128 codes, then all further ones under the last.
  std::map<std::string, uint64_t, std::less<>> errors;

  void count_error(std::string_view reply_text);
  void reset();
};

}  // namespace strata::resp
