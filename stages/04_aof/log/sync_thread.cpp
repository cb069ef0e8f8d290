#include "04_aof/log/sync_thread.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace strata::aof {

namespace {

// Signals are the loop's business.
void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

SyncThread::~SyncThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

// [task 4.3] Have the thread wait for the disk.
bool SyncThread::sync(int fd) {
  UniqueFd duplicate(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!duplicate) return false;
  pending_syncs_++;
  add({std::move(duplicate), true, true});
  return true;
}

void SyncThread::close(UniqueFd fd, bool sync_first) { add({std::move(fd), sync_first, false}); }

void SyncThread::add(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  wake_.notify_one();
}

void SyncThread::wait() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

void SyncThread::run() {
  block_signals();
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return ending_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    const Job job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    perform(job);
    lock.lock();
    busy_ = false;
    if (jobs_.empty()) idle_.notify_all();
  }
}

void SyncThread::perform(const Job& job) {
  if (!job.sync) return;
  const bool done = ::fdatasync(job.fd.get()) == 0;
  // A descriptor that cannot be synced at all (a pipe, some special file) has nothing to lose.
  const int error = done || errno == EBADF || errno == EINVAL ? 0 : errno;
  if (!job.counted) return;
  last_error_.store(error);
  pending_syncs_--;
}

}  // namespace strata::aof
