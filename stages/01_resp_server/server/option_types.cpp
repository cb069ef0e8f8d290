#include "01_resp_server/server/option_types.h"

#include <fmt/format.h>

#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {
namespace {

constexpr int64_t kKiB = 1024;

RewriteLine plain_line(const Option& option, std::string value) {
  return {fmt::format("{} {}", option.name(), value), option.get() != option.default_text()};
}

}  // namespace

std::string shortest_memory(int64_t bytes) {
  if (bytes != 0 && bytes % (kKiB * kKiB * kKiB) == 0) return fmt::format("{}gb", bytes / (kKiB * kKiB * kKiB));
  if (bytes != 0 && bytes % (kKiB * kKiB) == 0) return fmt::format("{}mb", bytes / (kKiB * kKiB));
  if (bytes != 0 && bytes % kKiB == 0) return fmt::format("{}kb", bytes / kKiB);
  return fmt::format("{}", bytes);
}

std::string one_of_error(const std::vector<std::string_view>& names) {
  return fmt::format("argument(s) must be one of the following: {}", fmt::join(names, ", "));
}

// --- what all options share ---

std::vector<RewriteLine> Option::rewrite() const {
  const std::string value = get();
  if (!value.empty()) return {plain_line(*this, value)};
  // Nothing is what the option starts with: no line says so best.
  if (default_text().empty()) return {};
  return {plain_line(*this, "\"\"")};
}

std::vector<std::string> Option::words_of(const std::string& text) const {
  if (!traits_.multi || text.empty()) return {text};
  // At single spaces, so that "a  b" has an empty word in the middle, which most options then refuse.
  std::vector<std::string> words;
  size_t start = 0;
  for (;;) {
    const size_t space = text.find(' ', start);
    words.push_back(text.substr(start, space - start));
    if (space == std::string::npos) return words;
    start = space + 1;
  }
}

Status Option::restore(const std::string& text) { return set(words_of(text)); }

// --- flag ---

FlagOption::FlagOption(std::string name, bool* value, bool initial, std::string doc, OptionTraits traits)
    : Option(std::move(name), std::move(doc), std::move(traits)), value_(value), initial_(initial) {
  *value_ = initial;
}

Status FlagOption::set(const std::vector<std::string>& words) {
  const bool yes = equals_nocase(words[0], "yes");
  if (!yes && !equals_nocase(words[0], "no")) return Status::error("argument must be 'yes' or 'no'");
  *value_ = yes;
  return {};
}

// --- number ---

NumberOption::NumberOption(std::string name, Kind kind, int64_t* value, int64_t initial, Range range, std::string doc,
                           OptionTraits traits)
    : Option(std::move(name), std::move(doc), std::move(traits)),
      kind_(kind),
      value_(value),
      initial_(initial),
      range_(range) {
  *value_ = initial;
}

std::string NumberOption::shown(int64_t value) const {
  if (kind_ == Kind::kOctal) return fmt::format("{:o}", value);
  if (kind_ == Kind::kMemoryOrPercent && value < 0) return fmt::format("{}%", -value);
  return fmt::format("{}", value);
}

Status NumberOption::parse(const std::string& text, int64_t* out) const {
  switch (kind_) {
    case Kind::kInteger:
      if (!parse_int64(text, out)) return Status::error("argument couldn't be parsed into an integer");
      return {};
    case Kind::kOctal: {
      int64_t value = 0;
      for (const char c : text) {
        if (c < '0' || c > '7' || value > 07777777) {
          return Status::error("argument couldn't be parsed as an octal number");
        }
        value = value * 8 + (c - '0');
      }
      *out = value;
      return {};
    }
    case Kind::kMemoryOrPercent:
      if (!text.empty() && text.back() == '%') {
        int64_t percent = 0;
        if (!parse_int64(std::string_view(text).substr(0, text.size() - 1), &percent) || percent < 0) {
          return Status::error("argument must be a memory or percent value");
        }
        *out = -percent;
        return {};
      }
      [[fallthrough]];
    case Kind::kMemory: {
      uint64_t bytes = 0;
      if (!parse_memory(text, &bytes)) {
        return Status::error(kind_ == Kind::kMemory ? "argument must be a memory value"
                                                    : "argument must be a memory or percent value");
      }
      *out = static_cast<int64_t>(bytes);
      return {};
    }
  }
  return {};
}

Status NumberOption::set(const std::vector<std::string>& words) {
  int64_t value = 0;
  if (Status parsed = parse(words[0], &value); !parsed.ok()) return parsed;
  if (kind_ == Kind::kMemoryOrPercent && value < 0) {
    if (value < -100) return Status::error("percentage argument must be less or equal to 100");
  } else if (kind_ == Kind::kMemory && value < 0 && clamped()) {
    value = range_.max;
  } else if (value < range_.min || value > range_.max) {
    return kind_ == Kind::kOctal
               ? Status::error(fmt::format("argument must be between {:o} and {:o} inclusive", range_.min, range_.max))
               : Status::error(fmt::format("argument must be between {} and {} inclusive", range_.min, range_.max));
  }
  *value_ = value;
  return {};
}

std::vector<RewriteLine> NumberOption::rewrite() const {
  const bool memory = kind_ == Kind::kMemory || (kind_ == Kind::kMemoryOrPercent && *value_ >= 0);
  return {plain_line(*this, memory ? shortest_memory(*value_) : get())};
}

// --- text ---

TextOption::TextOption(std::string name, std::string* value, std::string_view initial, std::string doc,
                       OptionTraits traits)
    : Option(std::move(name), std::move(doc), std::move(traits)), value_(value), initial_(initial) {
  *value_ = initial_;
}

Status TextOption::set(const std::vector<std::string>& words) {
  *value_ = words[0];
  return {};
}

std::vector<RewriteLine> TextOption::rewrite() const {
  if (value_->empty() && initial_.empty()) return {};
  return {plain_line(*this, quote(*value_))};
}

// --- choice ---

ChoiceOption::ChoiceOption(std::string name, std::function<int()> get, std::function<void(int)> set, Values values,
                           std::string doc, OptionTraits traits)
    : Option(std::move(name), std::move(doc), std::move(traits)),
      load_(std::move(get)),
      store_(std::move(set)),
      values_(std::move(values)) {
  initial_ = ChoiceOption::get();
}

std::string ChoiceOption::get() const {
  const int current = load_();
  for (const auto& [text, value] : values_) {
    if (value == current) return std::string(text);
  }
  return "unknown";
}

Status ChoiceOption::set(const std::vector<std::string>& words) {
  for (const auto& [text, value] : values_) {
    if (!equals_nocase(text, words[0])) continue;
    store_(value);
    return {};
  }
  std::vector<std::string_view> names;
  for (const auto& [text, value] : values_) names.push_back(text);
  return Status::error(one_of_error(names));
}

// --- custom ---

std::vector<RewriteLine> CustomOptionAdapter::rewrite() const {
  if (!custom_.rewrite) return Option::rewrite();
  std::vector<RewriteLine> lines;
  const bool forced = custom_.always_rewritten || get() != default_text();
  for (std::string& line : custom_.rewrite()) lines.push_back({std::move(line), forced});
  return lines;
}

}  // namespace strata::resp
