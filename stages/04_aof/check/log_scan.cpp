#include "04_aof/check/log_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/text.h"

namespace strata::aof {

namespace {

constexpr size_t kLongestAnnotation = 1023;  // with its end
constexpr std::string_view kTimestamp = "#TS:";
constexpr std::string_view kLineEnd = "\r\n";

class Scanner {
 public:
  Scanner(std::string_view file, uint64_t from, std::string_view name, std::optional<int64_t> until)
      : file_(file), at_(from), item_(from), name_(name), until_(until) {}

  LogScan scan() {
    bool good = true;
    while (good && at_ < file_.size()) {
      if (!in_transaction_) scan_.good_bytes = at_;
      good = file_[at_] == '#' ? annotation() : command();
    }
    scan_.whole = good && !in_transaction_;
    if (scan_.whole) scan_.good_bytes = at_;
    const bool all_seen = scan_.problem.empty() && at_ == file_.size();
    if (in_transaction_ && all_seen) trouble("Reached EOF before reading EXEC for MULTI");
    return std::move(scan_);
  }

 private:
  std::string_view rest() const { return file_.substr(at_); }

  // Sets the problem, with the place of the item that has it; returns false.
  bool trouble(std::string_view what) {
    scan_.problem = fmt::format("0x{:>16x}: {}", item_, what);
    return false;
  }

  bool annotation() {
    item_ = at_;
    const size_t end = rest().substr(0, kLongestAnnotation).find('\n');
    if (end == std::string_view::npos) return trouble("Expected the end of an annotation");
    const std::string_view line = rest().substr(0, end + 1);
    if (until_ && line.starts_with(kTimestamp) && !in_time(line.substr(kTimestamp.size()))) return false;
    at_ += line.size();
    return true;
  }

  bool in_time(std::string_view text) {
    int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    scan_.unreadable_time = error != std::errc() || std::string_view(end, text.data() + text.size()) != kLineEnd;
    if (scan_.unreadable_time) return false;
    if (seconds > *until_) scan_.in_time = scan_.good_bytes;
    return seconds <= *until_;
  }

  bool command() {
    if (file_[at_] != '*') {
      scan_.problem = fmt::format("AOF {} format error", name_);
      return false;
    }
    int64_t count = 0;
    if (!header('*', &count)) return false;
    if (count < 1) return trouble(fmt::format("Expected a command, got: {} words", count));
    for (int64_t i = 0; i < count; i++) {
      std::string_view word;
      if (!bulk(&word)) return false;
      if (i == 0 && !follow_transaction(word)) return false;
    }
    return true;
  }

  bool follow_transaction(std::string_view command) {
    const bool begins = equals_nocase(command, "multi");
    if (!begins && !equals_nocase(command, "exec")) return true;
    if (begins == in_transaction_) {
      return trouble(fmt::format("Unexpected {} in AOF {}", begins ? "MULTI" : "EXEC", name_));
    }
    in_transaction_ = begins;
    return true;
  }

  // A letter and a number on a line.
  bool header(char type, int64_t* number) {
    item_ = at_;
    if (at_ == file_.size()) return false;
    if (file_[at_] != type) return trouble(fmt::format("Expected prefix '{}', got: '{}'", type, file_[at_]));
    at_++;
    const auto [end, error] = std::from_chars(file_.data() + at_, file_.data() + file_.size(), *number);
    if (error == std::errc::result_out_of_range) *number = INT64_MAX;
    at_ = static_cast<size_t>(end - file_.data());
    return line_end();
  }

  bool bulk(std::string_view* out) {
    int64_t length = 0;
    if (!header('$', &length)) return false;
    if (length < 0 || length > INT64_MAX - static_cast<int64_t>(kLineEnd.size())) {
      return trouble(fmt::format("Expected to read string of {} bytes, which is not in the suitable range", length));
    }
    item_ = at_;
    const uint64_t wanted = static_cast<uint64_t>(length) + kLineEnd.size();
    if (wanted > rest().size()) {
      return trouble(fmt::format("Expected to read {} bytes, got {} bytes", wanted, rest().size()));
    }
    *out = rest().substr(0, static_cast<size_t>(length));
    at_ += out->size();
    return line_end();
  }

  bool line_end() {
    if (!rest().starts_with(kLineEnd)) {
      const std::string_view got = rest().substr(0, std::min(rest().find('\n'), size_t{1}) + 1);
      return trouble(fmt::format("Expected \\r\\n, got: {:0<4}", hex(got)));
    }
    at_ += kLineEnd.size();
    scan_.lines++;
    return true;
  }

  std::string_view file_;
  size_t at_;
  size_t item_;  // where the header, data or annotation that was last looked at begins
  std::string_view name_;
  std::optional<int64_t> until_;
  bool in_transaction_ = false;
  LogScan scan_;
};

}  // namespace

LogScan scan_log(std::string_view file, uint64_t from, std::string_view name, std::optional<int64_t> until) {
  return Scanner(file, from, name, until).scan();
}

}  // namespace strata::aof
