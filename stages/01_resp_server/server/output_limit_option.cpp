#include "01_resp_server/server/output_limit_option.h"

#include <fmt/format.h>

#include <algorithm>

#include "01_resp_server/server/option_types.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {
namespace {

constexpr size_t kWordsPerClass = 4;

std::string shown(const OutputLimit* limits) {
  constexpr const char* kNames[] = {"normal", "slave", "pubsub"};  // CONFIG GET has kept the old word
  std::string text;
  for (size_t i = 0; i < OutputLimitOption::kClasses; ++i) {
    const OutputLimit& each = limits[i];
    text +=
        fmt::format("{}{} {} {} {}", i == 0 ? "" : " ", kNames[i], each.hard_bytes, each.soft_bytes, each.soft_seconds);
  }
  return text;
}

int class_of(const std::string& word) {
  if (equals_nocase(word, "normal")) return 0;
  if (equals_nocase(word, "slave") || equals_nocase(word, "replica")) return 1;
  return equals_nocase(word, "pubsub") ? 2 : -1;
}

}  // namespace

OutputLimitOption::OutputLimitOption(OutputLimit (&limits)[kClasses])
    : Option("client-output-buffer-limit", "limits of what waits to be sent to a client", {.multi = true}),
      limits_(limits) {
  std::copy(std::begin(limits), std::end(limits), initial_.begin());
}

std::string OutputLimitOption::get() const { return shown(limits_); }
std::string OutputLimitOption::default_text() const { return shown(initial_.data()); }

Status OutputLimitOption::set(const std::vector<std::string>& words) {
  if (words.size() == 1 && words[0].empty()) return {};  // no class named, nothing to change
  if (words.size() % kWordsPerClass != 0) {
    return Status::error("Wrong number of arguments in buffer limit configuration.");
  }
  OutputLimit wanted[kClasses];
  std::copy(std::begin(limits_), std::end(limits_), wanted);
  for (size_t i = 0; i < words.size(); i += kWordsPerClass) {
    const int which = class_of(words[i]);
    if (which < 0) return Status::error("Invalid client class specified in buffer limit configuration.");
    OutputLimit limit;
    if (!parse_memory(words[i + 1], &limit.hard_bytes) || !parse_memory(words[i + 2], &limit.soft_bytes) ||
        !parse_int64(words[i + 3], &limit.soft_seconds) || limit.soft_seconds < 0) {
      return Status::error("Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    }
    wanted[which] = limit;
  }
  std::copy(std::begin(wanted), std::end(wanted), limits_);
  return {};
}

std::vector<RewriteLine> OutputLimitOption::rewrite() const {
  constexpr const char* kNames[] = {"normal", "replica", "pubsub"};
  std::vector<RewriteLine> lines;
  for (size_t i = 0; i < kClasses; ++i) {
    const OutputLimit& now = limits_[i];
    const OutputLimit& then = initial_[i];
    const bool changed =
        now.hard_bytes != then.hard_bytes || now.soft_bytes != then.soft_bytes || now.soft_seconds != then.soft_seconds;
    lines.push_back({fmt::format("client-output-buffer-limit {} {} {} {}", kNames[i],
                                 shortest_memory(static_cast<int64_t>(now.hard_bytes)),
                                 shortest_memory(static_cast<int64_t>(now.soft_bytes)), now.soft_seconds),
                     changed});
  }
  return lines;
}

}  // namespace strata::resp
