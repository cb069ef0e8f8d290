#include "02_data_types/lazyfree/lazy_free.h"

#include <csignal>
#include <cstring>

#include "02_data_types/encodings/element_slab.h"
#include "common/memory.h"

namespace strata::db {

namespace {

// Pages taken back per turn: some ten microseconds of work.
constexpr size_t kPagesPerTurn = 128;

}  // namespace

LazyFree::LazyFree(net::EventLoop& loop, const TypeTable& types) : loop_(loop), types_(types) {
  loop_.before_sleep([this] { give_back(); });
}

LazyFree::~LazyFree() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
  for (auto& dead : finished_) element_slab().take_back(dead, SIZE_MAX);
  for (auto& dead : giving_back_) element_slab().take_back(dead, SIZE_MAX);
}

bool LazyFree::lazily(Removal why) const {
  switch (why) {
    case Removal::kReplaced:
      return options.server_del;
    case Removal::kDeleted:
      return options.user_del;
    case Removal::kUnlinked:
      return true;
    case Removal::kExpired:
      return options.expire;
    case Removal::kEvicted:
      return options.eviction;
    case Removal::kFlushed:
      return options.user_flush;
  }
  return false;
}

bool LazyFree::take(const Entry& entry) {
  const LazyFreeRow& row = rows_[static_cast<size_t>(entry.type())];
  if (row.effort == nullptr || row.effort(entry) < kWorthwhile) return false;
  Job job;
  size_t bytes = entry.block_bytes();
  job.entry = std::make_unique<char[]>(bytes);
  std::memcpy(job.entry.get(), &entry, bytes);
  hand_over(std::move(job));
  return true;
}

void LazyFree::take_all(std::unique_ptr<DatabaseStorage> storage) {
  Job job;
  job.keys = 0;
  for (auto& table : storage->tables) job.keys += table->size();
  storage->slab.settle();
  job.storage = std::move(storage);
  hand_over(std::move(job));
}

void LazyFree::hand_over(Job job) {
  pending_ += job.keys;
  {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  if (!thread_.joinable()) {
    // Signals are the main thread's: the new thread inherits a mask that leaves it none.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  changed_.notify_one();
}

// --- the thread ---

void LazyFree::run() {
  register_memory_thread();
  pthread_setname_np(pthread_self(), "lazy-free");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    SlabAllocator::DeadBlocks dead;
    if (job.storage != nullptr) {
      take_apart(std::move(job.storage), dead);
    } else {
      take_apart(*reinterpret_cast<const Entry*>(job.entry.get()), dead);
    }
    freed_ += job.keys;
    pending_ -= job.keys;
    lock.lock();
    if (!dead.empty()) {
      finished_.push_back(std::move(dead));
      any_finished_ = true;
      loop_.wake();
    }
  }
}

void LazyFree::take_apart(const Entry& entry, SlabAllocator::DeadBlocks& dead) const {
  const LazyFreeRow& row = rows_[static_cast<size_t>(entry.type())];
  if (row.take_apart != nullptr) {
    row.take_apart(entry, dead);
  } else {
    types_.of(entry).free_value(const_cast<Entry&>(entry));  // a string: one block of malloc's
  }
}

void LazyFree::take_apart(std::unique_ptr<DatabaseStorage> storage, SlabAllocator::DeadBlocks& dead) const {
  for (auto& table : storage->tables) {
    table->each([&](Entry* entry) {
      if (entry->is_pointer()) take_apart(*entry, dead);
      if (entry->block_bytes() > SlabAllocator::kLargest) entry->destroy(storage->slab);
    });
    table->forget();
  }
}

// --- back on the main thread ---

void LazyFree::give_back() {
  if (any_finished_.load(std::memory_order_acquire)) {
    std::lock_guard lock(mutex_);
    for (auto& dead : finished_) giving_back_.push_back(std::move(dead));
    finished_.clear();
    any_finished_ = false;
  }
  if (giving_back_.empty()) return;
  if (element_slab().take_back(giving_back_.back(), kPagesPerTurn)) giving_back_.pop_back();
  if (!giving_back_.empty()) loop_.soon([] {});  // the turn after this one must not wait
}

}  // namespace strata::db
