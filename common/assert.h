// Assertions that stay on in release builds: a database that goes on with a broken invariant destroys data.
//
//   STRATA_ASSERT(count_ >= removed, "count {} removed {}", count_, removed);
//
// A failure logs file:line, the condition and the formatted state, then calls the failure handler (the crash
// reporter installs one that adds a stack trace) and aborts. The passing path costs one predicted branch; the
// message's arguments are evaluated only on failure.
#pragma once

#include <fmt/format.h>

#include <string>

namespace strata {

// Called once with "file:line: condition" and the state text; must not return normally to have an effect
// other than logging: the process aborts afterwards. nullptr restores the default (nothing but the log line).
using AssertHandler = void (*)(const char* where, const char* condition, const char* state);
void set_assert_handler(AssertHandler handler);

namespace assert_detail {
[[noreturn]] void fail(const char* file, int line, const char* condition, const std::string& state) noexcept;
inline std::string describe() { return {}; }
template <typename... Args>
std::string describe(fmt::format_string<Args...> format, Args&&... args) {
  return fmt::format(format, std::forward<Args>(args)...);
}
}  // namespace assert_detail

}  // namespace strata

#define STRATA_ASSERT(condition, ...)                                                                                \
  do {                                                                                                               \
    if (!(condition)) [[unlikely]] {                                                                                 \
      ::strata::assert_detail::fail(__FILE__, __LINE__, #condition, ::strata::assert_detail::describe(__VA_ARGS__)); \
    }                                                                                                                \
  } while (false)

#define STRATA_UNREACHABLE(...)                                                    \
  ::strata::assert_detail::fail(__FILE__, __LINE__, "reached an impossible place", \
                                ::strata::assert_detail::describe(__VA_ARGS__))
