// The buckets of a table, in segments of 16 KiB that come and go one by one: the array a rehash moves into is allocated
// as the rehash gets there, the one it leaves is freed behind it, and no resize ever needs a large block at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <utility>

#include "01_resp_server/db/bucket.h"
#include "01_resp_server/db/hash.h"
#include "common/assert.h"

namespace strata::db {

__extension__ using uint128 = unsigned __int128;

class BucketArray {
 public:
  static constexpr size_t kSegment = 256;  // buckets

  BucketArray() = default;
  ~BucketArray() { destroy(); }
  BucketArray(const BucketArray&) = delete;
  BucketArray& operator=(const BucketArray&) = delete;

  size_t buckets() const { return buckets_; }
  size_t memory_bytes() const { return allocated_ * sizeof(Bucket) + segment_count() * sizeof(Bucket*); }

  // The bucket of a place, and the first place of a bucket (of bucket n: the number of places).
  size_t index(uint64_t place) const {
    return static_cast<size_t>(static_cast<uint128>(place) * buckets_ >> Hash::kPlaceBits);
  }
  uint64_t first_place(size_t index) const {
    auto scaled = static_cast<uint128>(index) << Hash::kPlaceBits;
    return static_cast<uint64_t>((scaled + buckets_ - 1) / buckets_);
  }

  bool has(size_t index) const { return segments_[index / kSegment] != nullptr; }
  Bucket* at(size_t index) const { return segments_[index / kSegment] + index % kSegment; }

  // An array of `buckets` empty buckets, of which a single segment is allocated at once, more by extend_to.
  void create(size_t buckets) {
    buckets_ = buckets;
    segments_ = static_cast<Bucket**>(std::calloc(segment_count(), sizeof(Bucket*)));
    STRATA_ASSERT(segments_ != nullptr, "no memory for a table of {} buckets", buckets);
    extend_to(0);
  }

  // Makes all buckets up to `index` exist.
  void extend_to(size_t index) {
    for (size_t s = index / kSegment; segments_[s] == nullptr; s--) {
      size_t count = buckets_in(s);
      void* memory = std::aligned_alloc(sizeof(Bucket), count * sizeof(Bucket));
      STRATA_ASSERT(memory != nullptr, "no memory for {} buckets", count);
      segments_[s] = new (memory) Bucket[count]();
      allocated_ += count;
      if (s == 0) break;
    }
  }

  // Frees the segments whose buckets are all below `index`.
  void release_below(size_t index) {
    if (index % kSegment != 0 && index != buckets_) return;
    size_t s = (index - 1) / kSegment;
    std::free(std::exchange(segments_[s], nullptr));
    allocated_ -= buckets_in(s);
  }

  // Takes over the buckets of `other`, which has none afterwards.
  void take(BucketArray& other) {
    destroy();
    segments_ = std::exchange(other.segments_, nullptr);
    buckets_ = std::exchange(other.buckets_, 0);
    allocated_ = std::exchange(other.allocated_, 0);
  }

  void destroy() {
    for (size_t s = 0; s < segment_count(); s++) std::free(segments_[s]);
    std::free(segments_);
    segments_ = nullptr;
    buckets_ = allocated_ = 0;
  }

 private:
  size_t segment_count() const { return (buckets_ + kSegment - 1) / kSegment; }
  size_t buckets_in(size_t segment) const { return std::min(kSegment, buckets_ - segment * kSegment); }

  Bucket** segments_ = nullptr;
  size_t buckets_ = 0;
  size_t allocated_ = 0;  // buckets of the segments that exist
};

}  // namespace strata::db
