// How long a command takes, as a distribution: what LATENCY HISTOGRAM and INFO latencystats show.
//
// Log-linear buckets after G. Tene's HdrHistogram (http://hdrhistogram.org): every power of two is divided
// into 128 buckets of equal width, so a value is known to within 1 % wherever it lies between 1 ns and 1 s.
//
//   value      0 .. 255    256 .. 511    512 .. 1023    ...    2^29 .. 2^30 - 1
//   width          1            2             4         ...           2^22
//   buckets       256          128           128        ...           128
//
// record() touches two words, allocates nothing and never fails: longer durations count as 1 s. The memory is
// fixed (24 KiB) and therefore taken for commands that were called, not for all. Not thread safe.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace strata::resp {

class LatencyHistogram {
 public:
  static constexpr uint64_t kMinNs = 1;
  static constexpr uint64_t kMaxNs = 1'000'000'000;

  void record(uint64_t ns) {
    counts_[index_of(std::clamp(ns, kMinNs, kMaxNs))]++;
    total_++;
  }

  uint64_t total() const { return total_; }

  // The highest value (ns) of the bucket that holds the value below or at which `percent` of all values lie;
  // 0 when nothing was recorded.
  uint64_t percentile(double percent) const;

  // Calls visit(microseconds, count of values up to there) for doubling limits, from 1.024 us on. A limit
  // that no value was added by is left out. Limits are shown as the end of the bucket that holds them, hence
  // 33 and not 32.
  template <class Visit>
  void each_power_of_two(Visit visit) const {
    uint64_t cumulative = 0;
    uint64_t shown = 0;
    uint64_t limit = kFirstLimitNs;
    for (size_t i = 0; i < kBuckets && shown < total_; i++) {
      cumulative += counts_[i];
      if (lowest(i) < limit) continue;
      if (cumulative > shown) visit(highest(i) / 1000, cumulative);
      shown = cumulative;
      limit *= 2;
    }
    if (shown < total_) visit(highest(kBuckets - 1) / 1000, total_);
  }

 private:
  static constexpr uint64_t kFirstLimitNs = 1024;
  static constexpr unsigned kHalfBits = 7;  // 128 buckets to a power of two
  static constexpr size_t kHalf = size_t{1} << kHalfBits;
  static constexpr unsigned kPowers = 23;  // 0..255, then one for each power up to 2^30
  static constexpr size_t kBuckets = (kPowers + 1) * kHalf;

  // The power of two by which a value is shifted to fit into 8 bits.
  static unsigned shift_of(uint64_t ns) {
    return static_cast<unsigned>(std::bit_width(ns | (2 * kHalf - 1))) - (kHalfBits + 1);
  }
  static size_t index_of(uint64_t ns) {
    unsigned shift = shift_of(ns);
    return shift * kHalf + static_cast<size_t>(ns >> shift);
  }
  static uint64_t lowest(size_t index) {
    if (index < 2 * kHalf) return index;
    unsigned shift = static_cast<unsigned>(index / kHalf) - 1;
    return static_cast<uint64_t>(index - shift * kHalf) << shift;
  }
  static uint64_t highest(size_t index) { return lowest(index + 1) - 1; }

  uint64_t total_ = 0;
  std::array<uint64_t, kBuckets> counts_{};
};

}  // namespace strata::resp
