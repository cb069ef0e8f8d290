#include "common/assert.h"

#include <atomic>
#include <cstdlib>

#include "common/log.h"

namespace strata {
namespace {
std::atomic<AssertHandler> g_handler{nullptr};
}

void set_assert_handler(AssertHandler handler) { g_handler.store(handler); }

namespace assert_detail {

void fail(const char* file, int line, const char* condition, const std::string& state) noexcept {
  const std::string where = fmt::format("{}:{}", file, line);
  log_warning("=== ASSERTION FAILED ===");
  log_warning("{}: '{}' does not hold{}{}", where, condition, state.empty() ? "" : ": ", state);
  // Taken out before the call: an assertion that fails inside the handler goes straight to abort.
  if (AssertHandler handler = g_handler.exchange(nullptr)) handler(where.c_str(), condition, state.c_str());
  std::abort();
}

}  // namespace assert_detail
}  // namespace strata
