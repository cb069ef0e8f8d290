// The thread that waits for the disk, so that the loop need not: fdatasync of the log, closing of files that are done
// with.
//
//   loop                                   thread
//   sync(fd) ---- a duplicate of fd -----> fdatasync, close
//   close(fd, sync) ---------------------> [fdatasync,] close      the last close of a deleted file frees its blocks
//   pending(), failed() <-- counters -----
//
// Jobs are done in order. The thread starts with the first job and finishes all of them before it ends.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "common/files.h"

namespace strata::aof {

class SyncThread {
 public:
  SyncThread() = default;
  ~SyncThread();
  SyncThread(const SyncThread&) = delete;
  SyncThread& operator=(const SyncThread&) = delete;

  // The descriptor stays the caller's; false when the system has none left for the duplicate.
  bool sync(int fd);
  void close(UniqueFd fd, bool sync_first);
  void wait();  // until all jobs are done

  size_t pending_syncs() const { return pending_syncs_.load(); }
  // The error number of the last fdatasync, 0 when it succeeded.
  int last_error() const { return last_error_.load(); }

 private:
  struct Job {
    UniqueFd fd;
    bool sync;
    bool counted;  // as a pending sync, and its outcome tells how the log fares
  };
  void add(Job job);
  void run();
  void perform(const Job& job);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::deque<Job> jobs_;
  bool busy_ = false;
  bool ending_ = false;
  std::atomic<size_t> pending_syncs_{0};
  std::atomic<int> last_error_{0};
  std::thread thread_;
};

}  // namespace strata::aof
