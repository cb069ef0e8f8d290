#include "common/text.h"

#include <cctype>

namespace strata {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// -1 if `c` is no hex digit.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower_ascii(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

// One line being split. `rest` always starts at the next unread byte.
class Splitter {
 public:
  explicit Splitter(std::string_view line) : rest_(line.substr(0, line.find('\0'))) {}

  bool at_end() {
    while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
    return rest_.empty();
  }

  bool word(std::string& out) {
    while (!rest_.empty()) {
      const char c = take();
      // Vertical tab and form feed separate words only where a word could start: a quirk kept for
      // compatibility.
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t') return true;
      if (c == '"') return double_quoted(out) && closes_word();
      if (c == '\'') return single_quoted(out) && closes_word();
      out.push_back(c);
    }
    return true;
  }

 private:
  char take() {
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  bool closes_word() const { return rest_.empty() || is_space(rest_[0]); }

  bool double_quoted(std::string& out) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '"') return true;
      if (c != '\\' || rest_.empty()) {
        out.push_back(c);
      } else if (rest_.size() >= 3 && rest_[0] == 'x' && hex_value(rest_[1]) >= 0 && hex_value(rest_[2]) >= 0) {
        out.push_back(static_cast<char>(hex_value(rest_[1]) * 16 + hex_value(rest_[2])));
        rest_.remove_prefix(3);
      } else {
        out.push_back(unescape(take()));
      }
    }
    return false;
  }

  bool single_quoted(std::string& out) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == '\'') return true;
      if (c == '\\' && !rest_.empty() && rest_[0] == '\'') {
        out.push_back(take());
      } else {
        out.push_back(c);
      }
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = lower_ascii(c);
  return lower;
}

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return upper;
}

std::string_view trim(std::string_view text, std::string_view characters) {
  const size_t first = text.find_first_not_of(characters);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(characters) - first + 1);
}

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        out.push_back('\\');
        out.push_back(c);
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\a':
        out += "\\a";
        break;
      case '\b':
        out += "\\b";
        break;
      default:
        if (c >= ' ' && c <= '~') {
          out.push_back(c);
        } else {
          const unsigned char byte = static_cast<unsigned char>(c);
          out += {'\\', 'x', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
        }
    }
  }
  out.push_back('"');
}

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

std::optional<std::vector<std::string>> split_args(std::string_view line) {
  std::vector<std::string> words;
  Splitter splitter(line);
  while (!splitter.at_end()) {
    std::string& word = words.emplace_back();
    if (!splitter.word(word)) return std::nullopt;
  }
  return words;
}

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const unsigned char byte = static_cast<unsigned char>(c);
    out.push_back(kHexDigits[byte >> 4]);
    out.push_back(kHexDigits[byte & 15]);
  }
  return out;
}

}  // namespace strata
