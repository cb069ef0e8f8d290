// How much memory the process uses, cheap enough to ask before every write command.
//
// jemalloc counts per thread, without locks, how many bytes were ever allocated and ever freed. Their
// difference, summed over threads, is the figure - a thread may well free what another one allocated, so
// single threads can be negative. Only registered threads are counted: call register_memory_thread() first
// thing in every thread that allocates or frees much. What a thread did is kept when it ends.
//
// Built without jemalloc (STRATA_JEMALLOC=0, for sanitizers) the figures come from the sanitizer or from
// glibc; they are slower and rougher, and some are zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace strata {

// Counts the calling thread from its beginning, until it ends. Calling again does nothing. Beyond
// kMaxMemoryThreads threads at a time the surplus ones are not counted.
inline constexpr size_t kMaxMemoryThreads = 64;
void register_memory_thread();

// Bytes handed out and not yet freed, size classes included, plus all adjustments. Costs tens of nanoseconds.
size_t used_memory();

// For allocators on top of malloc: *counter is added to used_memory() from now on. A slab allocator that
// holds free bytes keeps minus their number in it. The counter is read without synchronisation, so it belongs
// to the thread that calls used_memory(); it must outlive its registration. At most 8.
void add_adjustment(const int64_t* counter);
void remove_adjustment(const int64_t* counter);

// The bytes really reserved for an allocation (0 for nullptr).
size_t usable_size(const void* p);

// All in bytes.
struct AllocatorStats {
  size_t allocated = 0;  // by the program
  size_t active = 0;     // in pages that hold at least one allocation: active - allocated is fragmentation
  size_t metadata = 0;   // the allocator's own
  size_t resident = 0;   // physically mapped by the allocator
  size_t mapped = 0;
  size_t retained = 0;  // address space kept for later, without memory behind it
};
// Takes the allocator's locks and walks its arenas: for INFO and MEMORY STATS, not for the data path.
AllocatorStats allocator_stats();

// "jemalloc-5.3.0" or "libc", for INFO.
std::string allocator_name();

// The allocator's own account of its arenas and size classes, for people; tens of kilobytes.
std::string allocator_details();

// Gives unused pages back to the system now instead of after the allocator's decay time. May take
// milliseconds.
void release_unused();

}  // namespace strata
