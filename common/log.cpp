#include "common/log.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <iterator>

#include "common/clock.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata {
namespace log_detail {
std::atomic<int> g_level{static_cast<int>(LogLevel::kNotice)};
}

namespace {

std::atomic<char> g_role{'M'};
std::atomic<bool> g_syslog{false};
// A plain array because signal handlers read it; empty means standard output.
char g_path[4096] = "";
// openlog keeps the pointer, so the text must outlive the call.
std::string g_syslog_ident;

// write(2) until all is out. Errors end it silently: there is nowhere left to report them. errno is kept,
// because callers log between a failed call and looking at its errno.
void write_fully(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t put = write(fd, data, size);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return;
    data += put;
    size -= static_cast<size_t>(put);
  }
}

void write_to_log(const char* data, size_t size) {
  const int saved_errno = errno;
  const int fd = open_log_descriptor();
  if (fd >= 0) {
    write_fully(fd, data, size);
    close_log_descriptor(fd);
  }
  errno = saved_errno;
}

// English month names whatever the locale: tools parse them.
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_head(fmt::memory_buffer& line, LogLevel level) {
  const int64_t now_ms = wall_ms();
  const time_t seconds = static_cast<time_t>(now_ms / 1000);
  tm local{};
  localtime_r(&seconds, &local);
  fmt::format_to(std::back_inserter(line), "{}:{} {:02} {} {} {:02}:{:02}:{:02}.{:03} {} ", getpid(),
                 g_role.load(std::memory_order_relaxed), local.tm_mday, kMonths[static_cast<size_t>(local.tm_mon)],
                 local.tm_year + 1900, local.tm_hour, local.tm_min, local.tm_sec, now_ms % 1000,
                 ".-*#"[static_cast<int>(level)]);
}

int syslog_priority(LogLevel level) {
  constexpr int kPriorities[] = {LOG_DEBUG, LOG_INFO, LOG_NOTICE, LOG_WARNING};
  return kPriorities[static_cast<int>(level)];
}

}  // namespace

void set_log_level(LogLevel level) { log_detail::g_level.store(static_cast<int>(level)); }
LogLevel log_level() { return static_cast<LogLevel>(log_detail::g_level.load()); }

void set_log_file(std::string_view path) {
  const size_t size = std::min(path.size(), sizeof g_path - 1);
  std::memcpy(g_path, path.data(), size);
  g_path[size] = '\0';
}

void set_log_role(char role) { g_role.store(role); }
void refresh_log_timezone() { tzset(); }

bool enable_syslog(std::string_view ident, std::string_view facility) {
  int number;
  if (equals_nocase(facility, "user")) {
    number = LOG_USER;
  } else if (facility.size() == 6 && equals_nocase(facility.substr(0, 5), "local") && facility[5] >= '0' &&
             facility[5] <= '7') {
    number = LOG_LOCAL0 + ((facility[5] - '0') << 3);
  } else {
    return false;
  }
  g_syslog_ident = ident;
  openlog(g_syslog_ident.c_str(), LOG_PID | LOG_NDELAY | LOG_NOWAIT, number);
  g_syslog.store(true);
  return true;
}

void disable_syslog() {
  if (g_syslog.exchange(false)) closelog();
}

void log_line(LogLevel level, std::string_view message) {
  if (!log_enabled(level)) return;
  const int saved_errno = errno;
  fmt::memory_buffer line;
  append_head(line, level);
  line.append(message);
  line.push_back('\n');
  write_to_log(line.data(), line.size());
  if (g_syslog.load(std::memory_order_relaxed)) {
    syslog(syslog_priority(level), "%.*s", static_cast<int>(message.size()), message.data());
  }
  errno = saved_errno;
}

void log_raw(std::string_view text) { write_to_log(text.data(), text.size()); }

void log_detail::vlog(LogLevel level, fmt::string_view format, fmt::format_args args) {
  fmt::memory_buffer message;
  fmt::vformat_to(std::back_inserter(message), format, args);
  log_line(level, {message.data(), message.size()});
}

int open_log_descriptor() {
  if (g_path[0] == '\0') return STDOUT_FILENO;
  return open(g_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
}

void close_log_descriptor(int fd) {
  if (fd != STDOUT_FILENO) close(fd);
}

void log_raw_from_signal(const char* text, size_t length) { write_to_log(text, length); }

void log_from_signal(const char* message) {
  char head[kInt64Chars * 2 + 32];
  size_t n = format_int64(head, getpid());
  constexpr std::string_view kMark = ":signal-handler (";
  std::memcpy(head + n, kMark.data(), kMark.size());
  n += kMark.size();
  n += format_int64(head + n, wall_ms() / 1000);
  head[n++] = ')';
  head[n++] = ' ';
  const int saved_errno = errno;
  const int fd = open_log_descriptor();
  if (fd >= 0) {
    write_fully(fd, head, n);
    write_fully(fd, message, std::strlen(message));
    write_fully(fd, "\n", 1);
    close_log_descriptor(fd);
  }
  errno = saved_errno;
}

}  // namespace strata
