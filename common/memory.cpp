#include "common/memory.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <string_view>
#include <thread>

#include "common/assert.h"

#if STRATA_JEMALLOC
#include <jemalloc/jemalloc.h>
#else
extern "C" size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));
#endif

namespace strata {
namespace {

std::array<std::atomic<const int64_t*>, 8> g_adjustments{};

int64_t adjustments() {
  int64_t sum = 0;
  for (const auto& slot : g_adjustments) {
    if (const int64_t* counter = slot.load(std::memory_order_relaxed)) sum += *counter;
  }
  return sum;
}

#if STRATA_JEMALLOC

// jemalloc's counters of one thread. They live in that thread's own storage and vanish with it, hence the
// protocol between readers and a thread that ends (no mutex, because a forked child may ask at any time):
//
//   reader                         ending thread
//   readers += 1                   counters = nullptr
//   add up all counters            wait until readers == 0    from here on nobody looks at them
//   readers -= 1                   finished += what they said
struct Counters {
  const volatile uint64_t* allocated;
  const volatile uint64_t* freed;
  int64_t balance() const { return static_cast<int64_t>(*allocated - *freed); }
};

std::array<std::atomic<const Counters*>, kMaxMemoryThreads> g_threads{};
std::atomic<size_t> g_threads_end{0};  // slots beyond were never used
std::atomic<int> g_readers{0};
std::atomic<int64_t> g_finished{0};

class ThreadRegistration {
 public:
  ThreadRegistration() {
    uint64_t* allocated = nullptr;
    uint64_t* freed = nullptr;
    size_t size = sizeof allocated;
    if (mallctl("thread.allocatedp", &allocated, &size, nullptr, 0) != 0) return;
    if (mallctl("thread.deallocatedp", &freed, &size, nullptr, 0) != 0) return;
    counters_ = {allocated, freed};
    for (size_t i = 0; i < g_threads.size(); ++i) {
      const Counters* vacant = nullptr;
      if (!g_threads[i].compare_exchange_strong(vacant, &counters_)) continue;
      slot_ = &g_threads[i];
      size_t end = g_threads_end.load();
      while (end < i + 1 && !g_threads_end.compare_exchange_weak(end, i + 1)) {
      }
      return;
    }
  }
  ~ThreadRegistration() {
    if (slot_ == nullptr) return;
    slot_->store(nullptr);
    while (g_readers.load() != 0) std::this_thread::yield();
    g_finished.fetch_add(counters_.balance());
  }
  ThreadRegistration(const ThreadRegistration&) = delete;
  ThreadRegistration& operator=(const ThreadRegistration&) = delete;

 private:
  Counters counters_{};
  std::atomic<const Counters*>* slot_ = nullptr;
};

int64_t allocated_by_threads() {
  g_readers.fetch_add(1);
  int64_t sum = g_finished.load();
  const size_t end = g_threads_end.load(std::memory_order_acquire);
  for (size_t i = 0; i < end; ++i) {
    if (const Counters* counters = g_threads[i].load()) sum += counters->balance();
  }
  g_readers.fetch_sub(1);
  return sum;
}

size_t read_size(const char* name) {
  size_t value = 0;
  size_t size = sizeof value;
  return mallctl(name, &value, &size, nullptr, 0) == 0 ? value : 0;
}

#else

int64_t allocated_by_threads() {
  if (__sanitizer_get_current_allocated_bytes) {
    return static_cast<int64_t>(__sanitizer_get_current_allocated_bytes());
  }
  const auto info = mallinfo2();
  return static_cast<int64_t>(info.uordblks + info.hblkhd);
}

#endif

}  // namespace

size_t used_memory() {
  const int64_t sum = allocated_by_threads() + adjustments();
  return sum > 0 ? static_cast<size_t>(sum) : 0;
}

void add_adjustment(const int64_t* counter) {
  remove_adjustment(counter);  // one that is there already counts once
  for (auto& slot : g_adjustments) {
    const int64_t* vacant = nullptr;
    if (slot.compare_exchange_strong(vacant, counter)) return;
  }
  STRATA_UNREACHABLE("more than {} memory adjustments", g_adjustments.size());
}

void remove_adjustment(const int64_t* counter) {
  for (auto& slot : g_adjustments) {
    const int64_t* expected = counter;
    if (slot.compare_exchange_strong(expected, nullptr)) return;
  }
}

size_t usable_size(const void* p) { return malloc_usable_size(const_cast<void*>(p)); }

#if STRATA_JEMALLOC

void register_memory_thread() { thread_local ThreadRegistration registration; }

AllocatorStats allocator_stats() {
  // The figures are snapshots; writing to "epoch" takes a new one.
  uint64_t epoch = 1;
  size_t size = sizeof epoch;
  (void)mallctl("epoch", &epoch, &size, &epoch, size);
  return {.allocated = read_size("stats.allocated"),
          .active = read_size("stats.active"),
          .metadata = read_size("stats.metadata"),
          .resident = read_size("stats.resident"),
          .mapped = read_size("stats.mapped"),
          .retained = read_size("stats.retained")};
}

std::string allocator_name() {
  const char* version = nullptr;
  size_t size = sizeof version;
  if (mallctl("version", &version, &size, nullptr, 0) != 0) return "jemalloc";
  // "5.3.0-0-g54eaed1d...": the number is enough.
  const std::string_view text(version);
  return "jemalloc-" + std::string(text.substr(0, text.find('-')));
}

std::string allocator_details() {
  std::string out;
  malloc_stats_print([](void* text, const char* piece) { static_cast<std::string*>(text)->append(piece); }, &out,
                     nullptr);
  return out;
}

void release_unused() {
  // The thread's own cache first, or its entries keep their pages alive. 4096 stands for all arenas.
  (void)mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  static_assert(MALLCTL_ARENAS_ALL == 4096);
  (void)mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
}

#else

void register_memory_thread() {}

AllocatorStats allocator_stats() {
  const auto info = mallinfo2();
  const size_t used = static_cast<size_t>(std::max<int64_t>(allocated_by_threads(), 0));
  const size_t held = std::max(info.arena + info.hblkhd, used);
  return {.allocated = used, .active = held, .metadata = 0, .resident = held, .mapped = held, .retained = 0};
}

std::string allocator_name() { return "libc"; }

std::string allocator_details() { return "Stats not supported for the current allocator"; }

void release_unused() { malloc_trim(0); }

#endif

}  // namespace strata
