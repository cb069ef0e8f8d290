#include "01_resp_server/server/server_stats.h"

namespace strata::resp {

void RateMeter::sample(int64_t now_ms, uint64_t total) {
  if (last_ms_ > 0 && now_ms > last_ms_) {
    rates_[next_] = (total - last_total_) * 1000 / static_cast<uint64_t>(now_ms - last_ms_);
    next_ = (next_ + 1) % kSamples;
  }
  last_ms_ = now_ms;
  last_total_ = total;
}

uint64_t RateMeter::per_second() const {
  uint64_t sum = 0;
  for (uint64_t rate : rates_) sum += rate;
  return sum / kSamples;
}

void ServerStats::count_error(std::string_view reply_text) {
  constexpr size_t kMostCodes = 128;
  constexpr std::string_view kOverflow = "ERRORSTATS_OVERFLOW";
  error_replies++;
  std::string_view code = reply_text.substr(0, reply_text.find(' '));
  auto it = errors.find(code);
  if (it == errors.end()) {
    if (errors.size() >= kMostCodes) code = kOverflow;
    it = errors.try_emplace(std::string(code), 0).first;
  }
  it->second++;
}

void ServerStats::reset() { *this = ServerStats(); }

}  // namespace strata::resp
