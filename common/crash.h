// What the server says when it dies: a report in the log, then the death it was about to die anyway.
//
//   === REDIS BUG REPORT START: Cut & paste starting from here ===      monitoring tools look for this line
//   4711:signal-handler (1706969109) Strata 0.1.0 crashed by signal: 11, si_code: 1
//   Accessing address: 0x8
//   ------ STACK TRACE ------
//   ...
//   ------ <SECTION> ------                                              whatever the stages registered
//   === REDIS BUG REPORT END ... ===
//
// The signal's previous action is restored and the signal raised again, so exit status and core dump are
// truthful and a sanitizer still gets its turn. The head and the stack use async-signal-safe calls only.
// Sections run last and may do more (format INFO, say): if one crashes too, or hangs for 5 seconds on a lock
// the dead code held, the report ends there and the process still dies of the first signal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace strata {

// Where a section prints. Never allocates.
class CrashWriter {
 public:
  explicit CrashWriter(int fd) : fd_(fd) {}
  void text(std::string_view text);
  void number(int64_t value);
  void hex(uint64_t value);  // with 0x
  int fd() const { return fd_; }

 private:
  int fd_;
};

// For SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT and failed assertions. `product` names the program and its
// version. Stack overflows are survived long enough to report on the thread that called this.
void install_crash_handlers(std::string_view product);
// Gives the signals their former actions back (crash-log-enabled no).
void remove_crash_handlers();

// Adds a section, printed in the order of registration. `title` must stay valid. At most 16, main thread
// only.
using CrashSection = void (*)(CrashWriter& writer, void* context);
void add_crash_section(const char* title, CrashSection print, void* context = nullptr);

// Logs `message` inside a report and aborts: for states that no assertion expresses. Works without handlers
// installed.
[[noreturn]] void panic(std::string_view message, const char* file, int line) noexcept;

}  // namespace strata

#define STRATA_PANIC(message) ::strata::panic(message, __FILE__, __LINE__)
