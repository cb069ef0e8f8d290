// The server's log, in the line shape that operators and their tools already parse:
//
//   4711:M 03 Feb 2024 14:05:09.123 * Ready to accept connections
//   |    | |                        | message
//   |    | |                        level: . debug  - verbose  * notice  # warning
//   |    | local time
//   |    role: M master, S replica, C child process, X sentinel
//   process id
//
// One write(2) a line, append only, so lines of several processes never mix and a crash loses nothing. A file
// is opened anew for every line: moving it away (logrotate) takes effect at once without telling the server.
// Nothing that goes wrong while logging (disk full, no permission) is ever reported to the caller.
//
// Thread safe, except for the set-up functions, which belong to the main thread before others start.
#pragma once

#include <fmt/format.h>

#include <atomic>
#include <string>
#include <string_view>

namespace strata {

enum class LogLevel : int { kDebug = 0, kVerbose = 1, kNotice = 2, kWarning = 3 };

// Lines below `level` are dropped. Default: notice.
void set_log_level(LogLevel level);
LogLevel log_level();

// Empty: standard output (the default). Paths longer than 4095 bytes are cut.
void set_log_file(std::string_view path);
// One of the role letters above. Default: 'M'. A forked child sets its own.
void set_log_role(char role);
// Zone of the timestamps; call after the TZ environment variable changed. The first line logged does it too.
void refresh_log_timezone();

// Additionally sends every line to syslog. `facility` is "user" or "local0" .. "local7"; false if unknown.
[[nodiscard]] bool enable_syslog(std::string_view ident, std::string_view facility);
void disable_syslog();

// Writes one line with its head.
void log_line(LogLevel level, std::string_view message);
// Writes text as it is, without head or newline: banners.
void log_raw(std::string_view text);

// The two functions below are async-signal-safe: no allocation, no locks, no local time.
// A line headed `pid:signal-handler (unix seconds)`.
void log_from_signal(const char* message);
// Text as it is, for crash reports.
void log_raw_from_signal(const char* text, size_t length);
// An append-only descriptor of the log for code that must write by itself (backtrace_symbols_fd). Also
// async-signal- safe; -1 if the log cannot be opened. Give it back with close_log_descriptor.
int open_log_descriptor();
void close_log_descriptor(int fd);

namespace log_detail {
extern std::atomic<int> g_level;
void vlog(LogLevel level, fmt::string_view format, fmt::format_args args);
}  // namespace log_detail

inline bool log_enabled(LogLevel level) {
  return static_cast<int>(level) >= log_detail::g_level.load(std::memory_order_relaxed);
}

// A dropped level costs one load and a branch. The format is checked at compile time.
template <typename... Args>
void log_at(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(level)) log_detail::vlog(level, format, fmt::make_format_args(args...));
}
template <typename... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kDebug, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_verbose(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kVerbose, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_notice(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kNotice, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_at(LogLevel::kWarning, format, std::forward<Args>(args)...);
}

}  // namespace strata
