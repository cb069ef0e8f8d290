#include "01_resp_server/server/latency_histogram.h"

namespace strata::resp {

uint64_t LatencyHistogram::percentile(double percent) const {
  if (total_ == 0) return 0;
  double wanted = std::clamp(percent, 0.0, 100.0) / 100.0 * static_cast<double>(total_);
  uint64_t rank = std::max<uint64_t>(static_cast<uint64_t>(wanted + 0.5), 1);
  uint64_t cumulative = 0;
  for (size_t i = 0; i < kBuckets; i++) {
    cumulative += counts_[i];
    if (cumulative >= rank) return percent > 0 ? highest(i) : lowest(i);
  }
  return kMaxNs;
}

}  // namespace strata::resp
