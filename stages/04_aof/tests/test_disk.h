// The disk of the tests: fdatasync of this process goes through here, and can be held up or made to fail.
#pragma once

#include <condition_variable>
#include <mutex>

namespace strata::aof {

class TestDisk {
 public:
  static TestDisk& get();

  // Holds up whoever syncs, as long as it lives.
  class Busy {
   public:
    Busy() { get().set_busy(true); }
    ~Busy() { get().set_busy(false); }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
  };

  // Every fdatasync answers this error number; 0: none.
  void fail_with(int error) {
    const std::lock_guard lock(mutex_);
    error_ = error;
  }
  int syncs() {
    const std::lock_guard lock(mutex_);
    return syncs_;
  }
  int sync(int fd);  // fdatasync's body

 private:
  void set_busy(bool busy) {
    {
      const std::lock_guard lock(mutex_);
      busy_ = busy;
    }
    free_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable free_;
  bool busy_ = false;
  int error_ = 0;
  int syncs_ = 0;  // that were let through
};

}  // namespace strata::aof
