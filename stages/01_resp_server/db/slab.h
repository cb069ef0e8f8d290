// Memory for many small blocks of known size: entries of the keyspace, overflow buckets of its table.
//
// malloc rounds a block of 36 bytes up to 48; with millions of them that is a quarter of the memory. A slab is a page of
// 64 KiB cut into blocks of one size, to the nearest 2 bytes. Whoever frees a block tells its size, so a block carries
// no header; a page that has become empty goes back to malloc. One allocator per database: dropping a database drops
// its pages without visiting the blocks.
//
//   page (64 KiB, aligned to its size, so that a block finds its page by masking its address)
//   [ header | block | block | free block: next free | ... | never used ]
//
// Blocks of a size that is a multiple of 8 are aligned to 8, multiples of 64 to 64. Blocks larger than kLargest come
// from malloc.
//
// Not thread safe, with two doors for a thread that frees what the owner has done with:
//   a whole allocator     the owner calls settle() and lets go of it; the thread destroys it
//   blocks among others   the thread gathers dead blocks into a DeadBlocks, which writes into the blocks only; the
//                         owner takes it back, page by page
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace strata::db {

class SlabAllocator {
  struct Page;

 public:
  static constexpr size_t kPageBytes = 64 * 1024;
  static constexpr size_t kQuantum = 2;
  static constexpr size_t kLargest = 256;

  SlabAllocator() = default;
  ~SlabAllocator() { release_all(); }
  SlabAllocator(const SlabAllocator&) = delete;
  SlabAllocator& operator=(const SlabAllocator&) = delete;

  void* allocate(size_t bytes);
  void free(void* block, size_t bytes);

  // Bytes that allocate(n) really takes.
  static size_t rounded(size_t bytes) {
    return bytes > kLargest ? bytes : (bytes + kQuantum - 1) / kQuantum * kQuantum;
  }

  // Gives all pages back at once; every block of them is gone. Large blocks must have been freed one by one.
  void release_all();

  // Before another thread destroys this allocator: from now on its pages count as used memory until they are freed.
  void settle();

  // Blocks that are free but for the bookkeeping of their pages, which is the owner's.
  class DeadBlocks {
   public:
    void add(void* block, size_t bytes);  // frees it at once when it is a large one
    bool empty() const { return chains_.empty() && large_ == 0; }

   private:
    friend class SlabAllocator;
    struct Chain {  // blocks of one page, linked like its free list
      uint16_t first;
      uint16_t last;
      uint32_t count;
    };
    std::unordered_map<Page*, Chain> chains_;
    size_t large_ = 0;
  };
  // Takes back the blocks of up to `pages` pages; true when none are left.
  bool take_back(DeadBlocks& dead, size_t pages);

  size_t pages() const { return pages_; }
  // Blocks of more than kLargest bytes that are in use.
  size_t large_blocks() const { return large_blocks_; }

  // Minus the bytes of all pages of all allocators that hold no block: malloc counts them as allocated, used_memory
  // must not (see common/memory.h).
  static const int64_t* used_memory_adjustment() { return &adjustment_; }

 private:
  static constexpr size_t kClasses = kLargest / kQuantum + 1;

  Page* add_page(size_t size_class);
  void drop_page(Page* page, size_t size_class);
  void unlink(Page* page, size_t size_class);
  void gained_room(Page* page);
  static int64_t unused_bytes(const Page& page);

  std::array<Page*, kClasses> partial_{};  // pages with room, by size class; the first one is allocated from
  std::array<Page*, kClasses> full_{};
  size_t pages_ = 0;
  size_t large_blocks_ = 0;
  bool settled_ = false;
  static inline int64_t adjustment_ = 0;
};

}  // namespace strata::db
