// Frees big values and whole databases on a thread of its own, so that UNLINK of a million elements costs the loop
// no more than UNLINK of one.
//
//   main thread                                   thread
//   take(entry) --- value, no longer reachable --> takes it apart: frees what came from malloc,
//                                                  gathers what came from a slab
//   give_back() <-- blocks, page by page --------- (SlabAllocator::DeadBlocks)
//
// Slabs belong to the main thread and are not locked: it links the gathered blocks into their pages itself, a few
// pages a turn. A dropped database brings its slab along, which the thread frees as a whole.
//
// The thread starts with the first value and finishes what it was given before it ends.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "01_resp_server/db/database.h"
#include "01_resp_server/db/types.h"
#include "01_resp_server/db/value_disposer.h"
#include "01_resp_server/net/event_loop.h"

namespace strata::db {

// What the thread must know of a type. Functions touch nothing but the value.
struct LazyFreeRow {
  size_t (*effort)(const Entry&) = nullptr;  // allocations to be freed, roughly
  // Frees what the entry points to, gathering the blocks of element_slab().
  void (*take_apart)(const Entry&, SlabAllocator::DeadBlocks&) = nullptr;
};

// The row of a type whose large encoding is a table. Value: the handle on an entry, with is_table(), table(), size() and
// destroy(); table().dismantle(release) gives every block of the slab to release(block, bytes).
template <class Value>
LazyFreeRow lazy_free_row() {
  return {
      .effort = [](const Entry& entry) -> size_t {
        Value value(const_cast<Entry&>(entry));
        return value.is_table() ? value.size() : 1;
      },
      .take_apart =
          [](const Entry& entry, SlabAllocator::DeadBlocks& dead) {
            Value value(const_cast<Entry&>(entry));
            if (value.is_table()) {
              value.table().dismantle([&dead](void* block, size_t bytes) { dead.add(block, bytes); });
            }
            value.destroy();
          },
  };
}

class LazyFree final : public ValueDisposer {
 public:
  static constexpr size_t kWorthwhile = 64;  // allocations from which on a value is not freed at once

  struct Options {
    bool eviction = false;
    bool expire = false;
    bool server_del = false;
    bool user_del = false;
    bool user_flush = false;
  };

  LazyFree(net::EventLoop& loop, const TypeTable& types);
  ~LazyFree();

  Options options;
  LazyFreeRow& row(ValueType type) { return rows_[static_cast<size_t>(type)]; }

  // ValueDisposer
  bool lazily(Removal why) const override;
  bool take(const Entry& entry) override;
  void take_all(std::unique_ptr<DatabaseStorage> storage) override;

  // Keys whose values wait for the thread, and how many it has freed.
  size_t pending() const { return pending_.load(std::memory_order_relaxed); }
  size_t freed() const { return freed_.load(std::memory_order_relaxed); }
  void reset_freed() { freed_.store(0, std::memory_order_relaxed); }

 private:
  struct Job {
    std::unique_ptr<char[]> entry = {};  // a copy of the entry's block, whose value is to go
    std::unique_ptr<DatabaseStorage> storage = {};
    size_t keys = 1;
  };

  void hand_over(Job job);
  void run();
  void take_apart(const Entry& entry, SlabAllocator::DeadBlocks& dead) const;
  void take_apart(std::unique_ptr<DatabaseStorage> storage, SlabAllocator::DeadBlocks& dead) const;
  void give_back();  // main thread, once a turn

  net::EventLoop& loop_;
  const TypeTable& types_;
  std::array<LazyFreeRow, 8> rows_{};

  std::mutex mutex_;  // of the members down to the next comment
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::vector<SlabAllocator::DeadBlocks> finished_;
  bool ending_ = false;

  std::atomic<bool> any_finished_ = false;
  std::atomic<size_t> pending_ = 0;
  std::atomic<size_t> freed_ = 0;
  std::vector<SlabAllocator::DeadBlocks> giving_back_;  // the main thread's
  std::thread thread_;
};

}  // namespace strata::db
