#include "06_replication/replica/request_scan.h"

#include <cstdint>
#include <cstring>

#include "common/numbers.h"

namespace strata::repl {

namespace {

using Result = RequestScan::Result;

// A header line: its letter and a number. kMore: the line has not ended.
Result header(std::string_view input, size_t* at, char type, int64_t* number) {
  constexpr size_t kLongest = 64 * 1024;
  if (*at >= input.size()) return Result::kMore;
  if (input[*at] != type) return Result::kBroken;
  const size_t end = input.find('\n', *at);
  if (end == std::string_view::npos) return input.size() - *at > kLongest ? Result::kBroken : Result::kMore;
  std::string_view text = input.substr(*at + 1, end - *at - 1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  *at = end + 1;
  return parse_int64(text, number) && *number >= 0 ? Result::kWhole : Result::kBroken;
}

}  // namespace

// [task 6.4] Find the words of a request, or say how much more is needed.
RequestScan scan_request(std::string_view input, std::vector<std::string_view>& words) {
  words.clear();
  if (input.empty()) return {Result::kMore, 1};
  if (input[0] == '\n') return {Result::kWhole, 1};
  if (input.starts_with("\r\n")) return {Result::kWhole, 2};
  if (input == "\r") return {Result::kMore, 2};
  size_t at = 0;
  int64_t count = 0;
  if (const Result first = header(input, &at, '*', &count); first != Result::kWhole) return {first, input.size() + 1};
  for (; count > 0; count--) {
    int64_t length = 0;
    if (const Result next = header(input, &at, '$', &length); next != Result::kWhole) return {next, input.size() + 1};
    const size_t end = at + static_cast<size_t>(length) + 2;
    if (input.size() < end) return {Result::kMore, end};
    words.push_back(input.substr(at, static_cast<size_t>(length)));
    at = end;
  }
  return {Result::kWhole, at};
}

}  // namespace strata::repl
