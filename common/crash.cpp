#include "common/crash.h"

#include <execinfo.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "common/assert.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/numbers.h"

namespace strata {
namespace {

constexpr std::array<int, 5> kSignals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr unsigned kSectionSeconds = 5;
constexpr size_t kAlternateStackSize = size_t{256} * 1024;

struct Section {
  const char* title;
  CrashSection print;
  void* context;
};

// Fixed storage throughout: the heap may be what crashed.
std::array<Section, 16> g_sections;
size_t g_section_count = 0;
char g_product[64] = "Strata";
std::array<struct sigaction, kSignals.size()> g_former;
bool g_installed = false;
alignas(16) char g_alternate_stack[kAlternateStackSize];

std::atomic<pid_t> g_reporting{0};    // the thread that writes the report, 0: none
std::atomic<bool> g_reported{false};  // an assertion's report is out, the abort that follows needs none
std::atomic<int> g_signal{SIGABRT};   // what the process dies of

// Raises `signal_number` with its former action; does not return if that action is the default one.
void die_of(int signal_number) {
  struct sigaction action {};
  action.sa_handler = SIG_DFL;
  for (size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal_number && g_installed) action = g_former[i];
  }
  sigaction(signal_number, &action, nullptr);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal_number);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  raise(signal_number);
}

void on_hanging_section(int) {
  const int fd = open_log_descriptor();
  if (fd >= 0) CrashWriter(fd).text("\n(this section hangs: the report ends here)\n");
  die_of(g_signal.load());
  _exit(128 + g_signal.load());
}

// False when another report is being written: by this thread, which then crashed inside it, or by another
// one.
bool claim_report() {
  pid_t nobody = 0;
  const pid_t self = gettid();
  if (g_reporting.compare_exchange_strong(nobody, self)) return true;
  // Another thread's report must not be cut short by our death: wait for its end, which is the process's end.
  while (nobody != self) pause();
  return false;
}

void begin_line(CrashWriter& out) {
  out.number(getpid());
  out.text(":signal-handler (");
  out.number(wall_ms() / 1000);
  out.text(") ");
}

void print_head(CrashWriter& out) { out.text("\n\n=== REDIS BUG REPORT START: Cut & paste starting from here ===\n"); }

void print_stack_and_sections(CrashWriter& out) {
  out.text("\n------ STACK TRACE ------\n");
  void* frames[100];
  const int count = backtrace(frames, static_cast<int>(std::size(frames)));
  backtrace_symbols_fd(frames, count, out.fd());

  struct sigaction timeout {};
  timeout.sa_handler = on_hanging_section;
  timeout.sa_flags = SA_ONSTACK;
  sigaction(SIGALRM, &timeout, nullptr);
  sigset_t alarm_only;
  sigemptyset(&alarm_only);
  sigaddset(&alarm_only, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarm_only, nullptr);
  for (size_t i = 0; i < g_section_count; ++i) {
    out.text("\n------ ");
    out.text(g_sections[i].title);
    out.text(" ------\n");
    alarm(kSectionSeconds);
    g_sections[i].print(out, g_sections[i].context);
  }
  alarm(0);
  out.text(
      "\n=== REDIS BUG REPORT END: a report to the authors should hold all lines since the start line "
      "===\n\n");
}

void describe_signal(CrashWriter& out, int signal_number, const siginfo_t& info) {
  begin_line(out);
  out.text(g_product);
  out.text(" crashed by signal: ");
  out.number(signal_number);
  out.text(", si_code: ");
  out.number(info.si_code);
  if (info.si_code <= 0) {  // sent by a process, this one included
    out.text("\nKilled by PID: ");
    out.number(info.si_pid);
    out.text(", UID: ");
    out.number(info.si_uid);
  } else {
    out.text("\nAccessing address: ");
    out.hex(reinterpret_cast<uintptr_t>(info.si_addr));
  }
  out.text("\n");
}

void on_crash(int signal_number, siginfo_t* info, void*) {
  if (!g_reported.load()) {
    const bool first = claim_report();
    const int fd = open_log_descriptor();
    CrashWriter out(fd);
    if (first) {
      g_signal.store(signal_number);
      print_head(out);
      describe_signal(out, signal_number, *info);
      print_stack_and_sections(out);
    } else {
      out.text("\n(crashed again while reporting: the report ends here)\n");
      signal_number = g_signal.load();
    }
  }
  die_of(signal_number);
  // Still here: the former action was a handler of somebody else's, and it returned.
  _exit(128 + signal_number);
}

void on_failed_assertion(const char* where, const char* condition, const char* state) {
  if (!claim_report()) return;
  CrashWriter out(open_log_descriptor());
  print_head(out);
  begin_line(out);
  out.text(g_product);
  out.text(" failed at ");
  out.text(where);
  out.text(": ");
  out.text(condition);
  out.text(state[0] != '\0' ? ": " : "");
  out.text(state);
  out.text("\n");
  print_stack_and_sections(out);
  g_reported.store(true);
}

}  // namespace

void CrashWriter::text(std::string_view text) {
  while (!text.empty() && fd_ >= 0) {
    const ssize_t put = write(fd_, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return;
    text.remove_prefix(static_cast<size_t>(put));
  }
}

void CrashWriter::number(int64_t value) {
  char buf[kInt64Chars];
  text({buf, format_int64(buf, value)});
}

void CrashWriter::hex(uint64_t value) {
  char buf[18];
  char* p = buf + sizeof buf;
  do {
    *--p = "0123456789abcdef"[value & 15];
    value >>= 4;
  } while (value != 0);
  *--p = 'x';
  *--p = '0';
  text({p, static_cast<size_t>(buf + sizeof buf - p)});
}

void install_crash_handlers(std::string_view product) {
  const size_t length = std::min(product.size(), sizeof g_product - 1);
  std::memcpy(g_product, product.data(), length);
  g_product[length] = '\0';
  set_assert_handler(on_failed_assertion);
  if (g_installed) return;
  g_installed = true;

  // The first backtrace() loads a library and allocates; later ones do not.
  void* frame[1];
  (void)backtrace(frame, 1);

  stack_t stack{};
  stack.ss_sp = g_alternate_stack;
  stack.ss_size = sizeof g_alternate_stack;
  sigaltstack(&stack, nullptr);

  struct sigaction action {};
  action.sa_sigaction = on_crash;
  // SA_NODEFER: a crash inside the report comes back here instead of killing the process without a word.
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &action, &g_former[i]);
}

void remove_crash_handlers() {
  set_assert_handler(nullptr);
  if (!g_installed) return;
  g_installed = false;
  for (size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &g_former[i], nullptr);
}

void add_crash_section(const char* title, CrashSection print, void* context) {
  STRATA_ASSERT(g_section_count < g_sections.size(), "{} crash sections already", g_section_count);
  g_sections[g_section_count++] = {title, print, context};
}

void panic(std::string_view message, const char* file, int line) noexcept {
  if (claim_report()) {
    CrashWriter out(open_log_descriptor());
    print_head(out);
    begin_line(out);
    out.text("Guru Meditation: ");
    out.text(message);
    out.text(" #");
    out.text(file);
    out.text(":");
    out.number(line);
    out.text("\n");
    print_stack_and_sections(out);
  }
  g_reported.store(true);
  std::abort();
}

}  // namespace strata
