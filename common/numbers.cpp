#include "common/numbers.h"

#include <bit>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "common/text.h"

namespace strata {
namespace {

// "00" "01" ... "99": halves the number of divisions in the formatters below.
struct DigitPairs {
  char text[200];
  constexpr DigitPairs() : text() {
    for (int i = 0; i < 100; ++i) {
      text[2 * i] = static_cast<char>('0' + i / 10);
      text[2 * i + 1] = static_cast<char>('0' + i % 10);
    }
  }
};
constexpr DigitPairs kPairs;

constexpr uint64_t kPow10[] = {1ULL,
                               10ULL,
                               100ULL,
                               1000ULL,
                               10000ULL,
                               100000ULL,
                               1000000ULL,
                               10000000ULL,
                               100000000ULL,
                               1000000000ULL,
                               10000000000ULL,
                               100000000000ULL,
                               1000000000000ULL,
                               10000000000000ULL,
                               100000000000000ULL,
                               1000000000000000ULL,
                               10000000000000000ULL,
                               100000000000000000ULL,
                               1000000000000000000ULL,
                               10000000000000000000ULL};

// Longest text of a long double in fixed notation: 4933 integer digits, point, 17 decimals, sign.
constexpr size_t kLongDoubleChars = 5 * 1024;

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// Canonical digits ("0" or no leading zero) into *out. The caller has taken the sign off.
inline bool parse_digits(const char* p, size_t n, uint64_t* out) {
  if (n == 0 || n > 20) return false;
  unsigned first = static_cast<unsigned>(p[0]) - '0';
  if (first > 9 || (first == 0 && n > 1)) return false;
  uint64_t value = first;
  // Nineteen digits always fit 64 bits, so only the twentieth needs an overflow check.
  const size_t safe = n < 19 ? n : 19;
  for (size_t i = 1; i < safe; ++i) {
    unsigned d = static_cast<unsigned>(p[i]) - '0';
    if (d > 9) return false;
    value = value * 10 + d;
  }
  if (n == 20) {
    unsigned d = static_cast<unsigned>(p[19]) - '0';
    if (d > 9 || value > (UINT64_MAX - d) / 10) return false;
    value = value * 10 + d;
  }
  *out = value;
  return true;
}

// Writes `digits` digits of `value` so that they end at buf + digits.
inline void write_digits(char* buf, uint64_t value, int digits) {
  char* p = buf + digits;
  while (value >= 100) {
    uint64_t rest = value / 100;
    p -= 2;
    std::memcpy(p, kPairs.text + 2 * (value - rest * 100), 2);
    value = rest;
  }
  if (value >= 10) {
    std::memcpy(p - 2, kPairs.text + 2 * value, 2);
  } else {
    p[-1] = static_cast<char>('0' + value);
  }
}

// What strtod and strtold have in common once they ran: did they take the whole text, and is the result a
// number that the text really denotes?
template <typename Float>
bool converted_whole(const char* begin, const char* end, size_t length, Float value, int error) {
  if (static_cast<size_t>(end - begin) != length) return false;
  if (std::isnan(value) || error == EINVAL) return false;
  return error != ERANGE || (!std::isinf(value) && value != Float{0});
}

}  // namespace

bool parse_int64(std::string_view text, int64_t* out) {
  const char* p = text.data();
  size_t n = text.size();
  if (n == 0) return false;
  uint64_t magnitude;
  if (*p != '-') {
    if (!parse_digits(p, n, &magnitude) || magnitude > static_cast<uint64_t>(INT64_MAX)) return false;
    *out = static_cast<int64_t>(magnitude);
    return true;
  }
  if (!parse_digits(p + 1, n - 1, &magnitude)) return false;
  if (magnitude == 0 || magnitude > static_cast<uint64_t>(INT64_MAX) + 1) return false;
  *out = static_cast<int64_t>(0 - magnitude);
  return true;
}

bool parse_uint64(std::string_view text, uint64_t* out) { return parse_digits(text.data(), text.size(), out); }

int digits10(uint64_t value) {
  // 1233 / 4096 approximates log10(2): the guess is off by at most one, and the table settles it.
  const int bits = 64 - std::countl_zero(value | 1);
  const int guess = (bits * 1233) >> 12;
  return guess + (value >= kPow10[guess] || value == 0);
}

size_t format_uint64(char* buf, uint64_t value) {
  const int digits = digits10(value);
  write_digits(buf, value, digits);
  return static_cast<size_t>(digits);
}

size_t format_int64(char* buf, int64_t value) {
  if (value >= 0) return format_uint64(buf, static_cast<uint64_t>(value));
  *buf = '-';
  // Negating in unsigned arithmetic is defined for INT64_MIN too.
  return 1 + format_uint64(buf + 1, 0 - static_cast<uint64_t>(value));
}

bool parse_double(std::string_view text, double* out) {
  if (text.empty() || is_space(text[0])) return false;
  // from_chars is several times faster than strtod and rounds alike, but knows neither '+' nor hex, and
  // reports range errors without the value that tells a harmless underflow from a fatal one: those take the
  // slow road.
  double value;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc{} && stop == end && std::isfinite(value)) {
    *out = value;
    return true;
  }
  std::string copy(text);  // strtod needs a terminator
  char* slow_end = nullptr;
  errno = 0;
  value = std::strtod(copy.c_str(), &slow_end);
  if (!converted_whole(copy.c_str(), slow_end, copy.size(), value, errno)) return false;
  *out = value;
  return true;
}

bool parse_long_double(std::string_view text, long double* out) {
  if (text.empty() || text.size() >= kLongDoubleChars || is_space(text[0])) return false;
  char copy[kLongDoubleChars];
  std::memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  char* end = nullptr;
  errno = 0;
  long double value = std::strtold(copy, &end);
  if (!converted_whole(copy, end, text.size(), value, errno)) return false;
  *out = value;
  return true;
}

size_t format_double(char* buf, double value) {
  // Whole numbers below 10^17 print as plain integers under %.17g; scores mostly are. Zero is left to the
  // general road because of its sign.
  if (value != 0 && value > -1e17 && value < 1e17) {
    const int64_t whole = static_cast<int64_t>(value);
    if (static_cast<double>(whole) == value) return format_int64(buf, whole);
  }
  auto result = std::to_chars(buf, buf + kDoubleChars, value, std::chars_format::general, 17);
  return static_cast<size_t>(result.ptr - buf);
}

std::string format_double(double value) {
  char buf[kDoubleChars];
  return std::string(buf, format_double(buf, value));
}

std::string format_long_double_human(long double value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buf[kLongDoubleChars];
  const int printed = std::snprintf(buf, sizeof buf, "%.17Lf", value);
  std::string_view text(buf, static_cast<size_t>(printed));
  if (text.find('.') != std::string_view::npos) {
    text.remove_suffix(text.size() - 1 - text.find_last_not_of('0'));
    if (text.back() == '.') text.remove_suffix(1);
  }
  return text == "-0" ? "0" : std::string(text);
}

bool parse_memory(std::string_view text, uint64_t* out) {
  constexpr size_t kMaxDigits = 127;
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits > kMaxDigits) return false;
  struct Unit {
    std::string_view name;
    uint64_t bytes;
  };
  static constexpr Unit kUnits[] = {
      {"", 1},           {"b", 1},          {"k", 1000}, {"kb", 1ULL << 10}, {"m", 1000 * 1000}, {"mb", 1ULL << 20},
      {"g", 1000000000}, {"gb", 1ULL << 30}};
  const std::string_view unit_name = text.substr(digits);
  for (const Unit& unit : kUnits) {
    if (!equals_nocase(unit_name, unit.name)) continue;
    uint64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + digits, number);
    if (result.ec == std::errc::result_out_of_range) number = UINT64_MAX;
    *out = number * unit.bytes;
    return true;
  }
  return false;
}

}  // namespace strata
