// The hash table: keys of a database here, members of hashes, sets and sorted sets in later stages.
//
// Buckets are one cache line: nine references of 48 bits, nine one-byte tags that spare most comparisons, a fill count.
// A tenth item of a bucket goes into an overflow bucket that the ninth reference then points to.
//
//   byte 0            54        63
//   [ref 0 .. ref 8] [tag 0..8] [meta: count, bit 7: ref 8 is a link]
//
// Where a key belongs follows from the upper 48 bits of its hash, its *place*, scaled to the number of buckets:
// bucket = place * buckets / 2^48. Buckets therefore hold consecutive ranges of places, whatever their number, and the
// number need not be a power of two. Three things come out of that:
//
//   growth     by a quarter at a time, so memory follows the number of items closely
//   rehash     moves buckets in order of place, a few per insertion; below the line items are in the new array, above
//              it in the old one, so a lookup looks into one bucket, never two. Memory of the old array is given back
//              as the line passes.
//   scan       a cursor is a place. Whatever grows or shrinks between two calls, items at or above the cursor are still
//              to come and those below were reported: an item that is present throughout is seen exactly once.
//
// Traits: `using Item`; `static std::string_view key(const Item*)`. Items are referenced, not owned. Not thread safe.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "01_resp_server/db/bucket.h"
#include "01_resp_server/db/bucket_array.h"
#include "01_resp_server/db/hash.h"
#include "01_resp_server/db/slab.h"
#include "common/assert.h"
#include "common/prefetch.h"
#include "common/random.h"

namespace strata::db {

// While a forked child reads the same memory, moving items would copy every page of every table: none starts or goes on
// with a rehash then, unless it has become crowded. One switch for all tables, of the thread that runs commands.
class TableResizing {
 public:
  static void allow(bool allowed) { allowed_ = allowed; }
  static bool allowed() { return allowed_; }

 private:
  static inline bool allowed_ = true;
};

template <class Traits>
class Table {
 public:
  using Item = typename Traits::Item;

  // Where an item stands. Valid until the next insertion or removal.
  struct Position {
    Bucket* bucket = nullptr;
    unsigned slot = 0;
    explicit operator bool() const { return bucket != nullptr; }
    Item* item() const { return static_cast<Item*>(bucket->ref(slot)); }
    void replace(Item* item) const { bucket->set_ref(slot, item); }  // by one with the same key
  };

  // Overflow buckets come from `slab`, which must outlive the table.
  explicit Table(SlabAllocator& slab) : slab_(&slab) {}
  ~Table() { clear(); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  size_t size() const { return used_; }
  bool empty() const { return used_ == 0; }
  bool rehashing() const { return next_.buckets() != 0; }
  size_t bucket_count() const { return now_.buckets(); }
  size_t memory_bytes() const {
    return now_.memory_bytes() + next_.memory_bytes() + overflow_buckets_ * sizeof(Bucket);
  }

  // [task 1.6] Find the item with this key by comparing tags first and keys only where those match.
  Position find(std::string_view key, Hash hash) const {
    if (used_ == 0) return {};
    for (Bucket* bucket = locate(hash.place());; bucket = bucket->link()) {
      for (unsigned matches = bucket->matches(hash.tag()); matches != 0; matches &= matches - 1) {
        unsigned slot = static_cast<unsigned>(std::countr_zero(matches));
        if (Traits::key(static_cast<Item*>(bucket->ref(slot))) == key) return {bucket, slot};
      }
      if (!bucket->linked()) return {};
    }
  }

  // Brings the bucket of a hash into the cache; a little later, the items in it that may be the one; then find.
  void prefetch_bucket(Hash hash) const {
    if (used_ != 0) prefetch(locate(hash.place()));
  }
  void prefetch_items(Hash hash) const {
    if (used_ == 0) return;
    const Bucket* bucket = locate(hash.place());
    for (unsigned matches = bucket->matches(hash.tag()); matches != 0; matches &= matches - 1) {
      const char* item = static_cast<const char*>(bucket->ref(static_cast<unsigned>(std::countr_zero(matches))));
      prefetch(item);
      prefetch(item + 32);  // an item may lie across two lines
    }
  }

  // Adds an item whose key is not there yet.
  // [task 1.6] Add an item; let the table grow where it has become full.
  Position insert(Item* item, Hash hash) {
    if (now_.buckets() == 0) now_.create(1);
    if (rehashing()) {
      rehash(1);
    } else if (used_ >= now_.buckets() * kFull && resizing_allowed()) {
      start_rehash(grown(now_.buckets()));
    }
    used_++;
    return place_in(locate(hash.place()), item, hash.tag());
  }

  // Makes room for `items` at once, before the first one: nothing will be rehashed on the way there.
  void reserve(size_t items) {
    if (used_ != 0 || items < kFull * 2) return;
    now_.destroy();
    now_.create(items / (kFull - 1) + 1);
    now_.extend_to(now_.buckets() - 1);
  }

  // Takes an item out and returns it. All positions become invalid.
  Item* remove(Position at, Hash hash) {
    Item* item = at.item();
    // The last item of the chain fills the hole, so that only a chain's last bucket is ever less than full.
    Bucket* before = nullptr;
    Bucket* last = locate(hash.place());
    while (last->linked()) {
      before = last;
      last = last->link();
    }
    unsigned tail = last->count() - 1;
    at.bucket->copy_slot(at.slot, *last, tail);
    last->set_count(tail);
    if (tail == 0 && before != nullptr) {
      before->unlink();
      free_overflow(last);
    }
    used_--;
    if (rehashing()) {
      rehash(1);
    } else if (used_ * kSparse < now_.buckets() * kFull && now_.buckets() > 1 && resizing_allowed()) {
      start_rehash(std::max<size_t>(used_ / (kFull * 3 / 4), 1));
    }
    return item;
  }

  // Visits every item of the range of places that starts at `cursor`, at least one bucket's worth. Returns where to go
  // on, 0 at the end. `visit` must not change the table.
  // [task 1.10] Visit the items of one range of places, so that a scan misses none while the table is rehashed.
  template <class Visit>
  uint64_t scan(uint64_t cursor, Visit visit) const {
    if (used_ == 0 || cursor >= Hash::kPlaces) return 0;
    size_t index = now_.index(cursor);
    uint64_t end;
    const Bucket* bucket;
    if (rehashing() && index < moved_) {
      size_t new_index = next_.index(cursor);
      bucket = next_.at(new_index);
      end = std::min(next_.first_place(new_index + 1), now_.first_place(moved_));
    } else {
      bucket = now_.at(index);
      end = now_.first_place(index + 1);
    }
    each_in_chain(bucket, [&](Item* item) {
      uint64_t place = hash_of(Traits::key(item)).place();
      if (place >= cursor && place < end) visit(item);
    });
    return end >= Hash::kPlaces ? 0 : end;
  }

  // Visits all items of the one bucket that `place` belongs to, which may lie on either side of it: sampling, at the
  // price of one cache line, and sweeps that look at every bucket. Returns the first place beyond the bucket's range,
  // kPlaces at the end. `visit` must not change the table.
  template <class Visit>
  uint64_t visit_bucket(uint64_t place, Visit visit) const {
    if (used_ == 0) return Hash::kPlaces;
    each_in_chain(locate(place), visit);
    size_t index = now_.index(place);
    if (index >= moved_) return now_.first_place(index + 1);
    return std::min(next_.first_place(next_.index(place) + 1), now_.first_place(moved_));
  }

  // Visits all items. `visit` may free the item, but must not change the table.
  template <class Visit>
  void each(Visit visit) const {
    each_in(now_, rehashing() ? moved_ : 0, visit);
    if (rehashing()) each_in(next_, 0, visit);
  }

  // A uniformly random item; null when there is none.
  Item* random(Random& random) const {
    if (used_ == 0) return nullptr;
    // A bucket is taken with a probability in proportion to its items: rejection against a bound that few exceed.
    constexpr uint64_t kBound = 16;
    for (;;) {
      const Bucket* bucket = locate(random.next() >> (64 - Hash::kPlaceBits));
      uint64_t wanted = random.below(kBound);
      Item* found = nullptr;
      uint64_t seen = 0;
      each_in_chain(bucket, [&](Item* item) {
        if (seen++ == wanted) found = item;
      });
      if (found != nullptr) return found;
      // Beyond the bound (never in practice), the items of long chains are a little less likely.
    }
  }

  // Moves up to `buckets` buckets of a rehash under way; true while there is more to do now.
  bool rehash(size_t buckets) {
    if (!resizing_allowed()) return false;
    while (rehashing() && buckets-- > 0) move_one();
    return rehashing();
  }

  // Forgets all items and frees the buckets.
  void clear() {
    clear([this](void* block, size_t bytes) { slab_->free(block, bytes); });
  }

  // The same, but the blocks that belong to the slab are given to release(block, bytes): a thread that takes a table
  // apart must not touch the slab.
  template <class Release>
  void clear(Release release) {
    free_overflow_of(now_, rehashing() ? moved_ : 0, release);
    free_overflow_of(next_, 0, release);
    forget();
  }

  // The same when the slab that holds the overflow buckets is released as a whole.
  void forget() {
    now_.destroy();
    next_.destroy();
    used_ = moved_ = overflow_buckets_ = 0;
  }

  // Items per bucket as a histogram, for DEBUG HTSTATS.
  template <class Visit>
  void each_chain_length(Visit visit) const {
    for (size_t i = rehashing() ? moved_ : 0; i < now_.buckets(); i++) visit(chain_length(now_.at(i)));
  }

 private:
  static constexpr size_t kFull = 8;    // items per bucket, on average, at which the table grows
  static constexpr size_t kSparse = 4;  // shrinks when less than a quarter of that is used
  static constexpr size_t kFetchAhead = 3;
  static constexpr size_t kAtOnce = 32;  // tables of up to this many buckets are rehashed in one go

  static size_t grown(size_t buckets) { return buckets < 64 ? buckets * 2 : buckets + buckets / 4; }
  bool resizing_allowed() const { return TableResizing::allowed() || used_ > now_.buckets() * kFull * 2; }

  Bucket* locate(uint64_t place) const {
    size_t index = now_.index(place);
    if (index < moved_) return next_.at(next_.index(place));
    return now_.at(index);
  }

  // [task 1.6] Put an item at the end of a chain of buckets, which may need one more.
  Position place_in(Bucket* bucket, Item* item, uint8_t tag) {
    while (bucket->linked()) bucket = bucket->link();
    if (bucket->count() == Bucket::kSlots) {
      auto* overflow = new (slab_->allocate(sizeof(Bucket))) Bucket();
      overflow_buckets_++;
      overflow->append(bucket->ref(Bucket::kSlots - 1), bucket->tag(Bucket::kSlots - 1));
      bucket->set_link(overflow);
      bucket = overflow;
    }
    return {bucket, bucket->append(item, tag)};
  }

  // Items are fetched a few buckets ahead of the visit: waiting for memory, not work, is what a walk takes its time for.
  template <class Visit>
  static void each_in(const BucketArray& array, size_t from, Visit& visit) {
    size_t fetched = from;
    for (size_t i = from; i < array.buckets() && array.has(i); i++) {
      for (; fetched < i + kFetchAhead && fetched < array.buckets() && array.has(fetched); fetched++) {
        const Bucket* bucket = array.at(fetched);
        for (unsigned slot = 0; slot < bucket->count(); slot++) prefetch(bucket->ref(slot));
      }
      each_in_chain(array.at(i), visit);
    }
  }

  template <class Visit>
  static void each_in_chain(const Bucket* bucket, Visit visit) {
    for (;; bucket = bucket->link()) {
      for (unsigned slot = 0; slot < bucket->count(); slot++) visit(static_cast<Item*>(bucket->ref(slot)));
      if (!bucket->linked()) return;
    }
  }

  static size_t chain_length(const Bucket* bucket) {
    size_t n = 0;
    each_in_chain(bucket, [&](Item*) { n++; });
    return n;
  }

  // [task 1.7] Begin to move all items to an array of another size.
  void start_rehash(size_t buckets) {
    if (buckets == now_.buckets()) return;
    next_.create(buckets);
    moved_ = 0;
    if (now_.buckets() <= kAtOnce) rehash(now_.buckets());
  }

  // [task 1.7] Move the items of the next bucket to the new array.
  void move_one() {
    // All places of this bucket are about to fall below the line: their buckets must exist.
    next_.extend_to(next_.index(now_.first_place(moved_ + 1) - 1));
    Bucket* first = now_.at(moved_);
    each_in_chain(first, [](Item* item) { prefetch(item); });
    for (Bucket* bucket = first;;) {
      for (unsigned slot = 0; slot < bucket->count(); slot++) {
        auto* item = static_cast<Item*>(bucket->ref(slot));
        Hash hash = hash_of(Traits::key(item));
        place_in(next_.at(next_.index(hash.place())), item, hash.tag());
      }
      Bucket* link = bucket->linked() ? bucket->link() : nullptr;
      if (bucket != first) free_overflow(bucket);
      if (link == nullptr) break;
      bucket = link;
    }
    moved_++;
    now_.release_below(moved_);
    if (moved_ == now_.buckets()) {
      now_.take(next_);
      moved_ = 0;
    }
  }

  void free_overflow(Bucket* bucket) {
    slab_->free(bucket, sizeof(Bucket));
    overflow_buckets_--;
  }

  template <class Release>
  void free_overflow_of(BucketArray& array, size_t from, Release& release) {
    for (size_t i = from; i < array.buckets() && overflow_buckets_ > 0 && array.has(i); i++) {
      for (Bucket* bucket = array.at(i); bucket->linked();) {
        Bucket* gone = bucket->link();
        if (gone->linked()) {
          bucket->set_link(gone->link());
        } else {
          bucket->unlink();
        }
        release(gone, sizeof(Bucket));
        overflow_buckets_--;
      }
    }
  }

  BucketArray now_;
  BucketArray next_;  // the array that a rehash moves to; no buckets otherwise
  size_t moved_ = 0;  // buckets of now_ that were moved to next_
  size_t used_ = 0;
  size_t overflow_buckets_ = 0;
  SlabAllocator* slab_;
};

}  // namespace strata::db
