#include "common/crash.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/assert.h"
#include "common/clock.h"
#include "common/files.h"
#include "common/log.h"
#include "common/random.h"

namespace strata {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
// A sanitizer takes over after our report and ends the process by an exit of its own.
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

struct Death {
  int status;
  std::string log;
  bool by(int signal_number) const {
    if (WIFSIGNALED(status)) return WTERMSIG(status) == signal_number;
    return kSanitized && signal_number != SIGABRT && WIFEXITED(status) && WEXITSTATUS(status) != 0;
  }
  size_t count(std::string_view text) const {
    size_t n = 0;
    for (size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++n;
    return n;
  }
  bool says(std::string_view text) const { return count(text) > 0; }
};

// Lets `crash` kill a child that has the handlers installed.
Death die(const std::function<void()>& crash) {
  const std::string path = ::testing::TempDir() + "/strata-crash-" + random_hex(12);
  const pid_t child = fork();
  if (child == 0) {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    set_log_file(path);
    install_crash_handlers("Strata 9.8.7");
    crash();
    _exit(0);
  }
  Death death{};
  waitpid(child, &death.status, 0);
  Expected<std::string> log = read_file(path);
  if (log) death.log = *log;
  std::filesystem::remove(path);
  return death;
}

// Through volatile, so that the compiler cannot see the fault coming.
[[gnu::noinline]] void write_to_address_eight() {
  int* volatile p = reinterpret_cast<int*>(8);
  *p = 1;
}

TEST(Crash, ReportNamesSignalAddressAndStack) {
  const Death death = die(write_to_address_eight);
  EXPECT_TRUE(death.by(SIGSEGV)) << death.status;
  EXPECT_TRUE(death.says("\n=== REDIS BUG REPORT START: Cut & paste starting from here ===\n"));
  EXPECT_TRUE(death.says("Strata 9.8.7 crashed by signal: 11, si_code: 1\n")) << death.log;
  EXPECT_TRUE(death.says("Accessing address: 0x8\n")) << death.log;
  EXPECT_TRUE(death.says("------ STACK TRACE ------\n"));
  EXPECT_TRUE(death.says("main")) << death.log;
  EXPECT_TRUE(death.says("=== REDIS BUG REPORT END"));
}

TEST(Crash, EverySignalEndsTheProcessTruthfully) {
  for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    const Death death = die([number] { raise(number); });
    EXPECT_TRUE(death.by(number)) << number << " status " << death.status;
    EXPECT_TRUE(death.says("crashed by signal: " + std::to_string(number) + ",")) << death.log;
    EXPECT_TRUE(death.says("Killed by PID: "));
    EXPECT_EQ(death.count("REPORT START"), 1u);
  }
}

TEST(Crash, SectionsFollowInOrder) {
  const Death death = die([] {
    static int64_t number = -42;
    add_crash_section(
        "CURRENT COMMAND",
        [](CrashWriter& out, void* context) {
          out.text("argc ");
          out.number(*static_cast<int64_t*>(context));
          out.text(" at ");
          out.hex(0xdeadbeef);
          out.text(" ");
          out.hex(0);
        },
        &number);
    add_crash_section("SECOND", [](CrashWriter& out, void*) { out.text("2"); });
    std::abort();
  });
  EXPECT_TRUE(death.says("------ CURRENT COMMAND ------\nargc -42 at 0xdeadbeef 0x0\n------ SECOND ------\n2\n"))
      << death.log;
}

TEST(Crash, ACrashInsideTheReportEndsItAndKeepsTheFirstSignal) {
  const Death death = die([] {
    add_crash_section("BAD", [](CrashWriter&, void*) { write_to_address_eight(); });
    raise(SIGFPE);
  });
  EXPECT_TRUE(death.by(SIGFPE)) << death.status;
  EXPECT_TRUE(death.says("crashed again while reporting")) << death.log;
  EXPECT_EQ(death.count("REPORT START"), 1u);
}

TEST(Crash, AHangingSectionIsCutShort) {
  const int64_t start = mono_ms();
  const Death death = die([] {
    add_crash_section("HANGS", [](CrashWriter&, void*) {
      for (;;) pause();
    });
    raise(SIGBUS);
  });
  EXPECT_TRUE(death.by(SIGBUS)) << death.status;
  EXPECT_TRUE(death.says("this section hangs")) << death.log;
  EXPECT_LT(mono_ms() - start, 60'000);
}

[[gnu::noinline]] int recurse(volatile char* above, int depth) {
  volatile char frame[4096];
  frame[0] = above[0];
  // The addition behind the call keeps it from becoming a loop.
  return depth == 0 ? 0 : recurse(frame, depth - 1) + frame[0];
}

TEST(Crash, AStackOverflowIsReported) {
  const Death death = die([] {
    volatile char top[1] = {0};
    std::_Exit(recurse(top, 1'000'000));
  });
  EXPECT_TRUE(death.by(SIGSEGV)) << death.status;
  EXPECT_TRUE(death.says("crashed by signal: 11")) << death.log;
}

TEST(Crash, AFailedAssertionGetsOneReportWithItsState) {
  const Death death = die([] { STRATA_ASSERT(1 == 2, "slots {}", 17); });
  EXPECT_TRUE(death.by(SIGABRT)) << death.status;
  EXPECT_EQ(death.count("REPORT START"), 1u) << death.log;
  EXPECT_TRUE(death.says("crash_test.cpp:"));
  EXPECT_TRUE(death.says("1 == 2: slots 17\n")) << death.log;
  EXPECT_TRUE(death.says("STACK TRACE"));
}

TEST(Crash, PanicReportsItsMessage) {
  const Death death = die([] { STRATA_PANIC("DEBUG PANIC called"); });
  EXPECT_TRUE(death.by(SIGABRT));
  EXPECT_EQ(death.count("REPORT START"), 1u);
  EXPECT_TRUE(death.says("Guru Meditation: DEBUG PANIC called #")) << death.log;
}

TEST(Crash, ManyThreadsCrashingWriteOneReport) {
  const Death death = die([] {
    std::atomic<bool> go{false};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&go] {
        while (!go.load()) std::this_thread::yield();
        raise(SIGILL);
      });
    }
    go.store(true);
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_TRUE(death.by(SIGILL)) << death.status;
  EXPECT_EQ(death.count("REPORT START"), 1u) << death.log;
  EXPECT_EQ(death.count("REPORT END"), 1u) << death.log;
}

TEST(Crash, RemovedHandlersReportNothing) {
  const Death death = die([] {
    remove_crash_handlers();
    std::abort();
  });
  EXPECT_TRUE(death.by(SIGABRT));
  EXPECT_EQ(death.log, "");
}

}  // namespace
}  // namespace strata
