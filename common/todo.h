// STRATA_TODO("1.2") stands where a learner's code will be: the body of a task that nobody has written yet.
//
//   int64_t Counter::next() { return STRATA_TODO("1.2"); }      void Counter::reset() { STRATA_TODO("1.2"); }
//
// It returns the default value of the function's type (0, false, null, an empty object), so that an unfinished
// program builds, starts and does whatever does not depend on the task. That it was reached is told twice: the log
// gets one line for each task, and whoever set a listener (the server, to answer the client that is waiting) hears
// of every call. Not for functions that return a reference,
// and on the main thread only.
#pragma once

#include <set>
#include <string_view>
#include <utility>

#include "common/log.h"
#include "common/status.h"

// What the missing code will use is not used yet; a file that includes this header is not blamed for that.
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-const-variable"

namespace strata {

// Becomes whatever the function returns.
class Todo {
 public:
  template <class T>
  operator T() const {
    return T{};
  }
  template <class T>
  operator Expected<T>() const {
    return T{};
  }
};

namespace todo_detail {
inline void (*g_listener)(const char* task) = nullptr;
}

// `listener` hears the id of every task that is reached; null: nobody. One at a time.
inline void set_todo_listener(void (*listener)(const char* task)) { todo_detail::g_listener = listener; }

// While one of these lives no listener hears of anything: for a whole that can do without a missing part.
class TodoUnheard {
 public:
  TodoUnheard() : listener_(std::exchange(todo_detail::g_listener, nullptr)) {}
  ~TodoUnheard() { todo_detail::g_listener = listener_; }
  TodoUnheard(const TodoUnheard&) = delete;
  TodoUnheard& operator=(const TodoUnheard&) = delete;

 private:
  void (*listener_)(const char* task);
};

inline Todo todo(const char* task) {
  static std::set<std::string_view> logged;
  if (logged.insert(task).second) log_warning("TODO {0}: this task is not written yet (./strata hint {0})", task);
  if (todo_detail::g_listener != nullptr) todo_detail::g_listener(task);
  return {};
}

}  // namespace strata

#define STRATA_TODO(task) ::strata::todo(task)
