// Small text tools: ASCII case, trimming, and the quoting dialect shared by MONITOR, error messages, inline
// commands and configuration files. quote and split_args are inverse: split_args(quote(x)) gives back exactly
// x.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace strata {

// ASCII only: other bytes compare as they are.
inline char lower_ascii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
inline bool equals_nocase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower_ascii(a[i]) != lower_ascii(b[i])) return false;
  }
  return true;
}
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

// Without the given characters at both ends; the default is all white space. Borrows from `text`.
std::string_view trim(std::string_view text, std::string_view characters = " \t\n\v\f\r");

// "text" in double quotes; \" \\ \n \r \t \a \b escaped by name, other bytes outside printable ASCII as \xHH.
std::string quote(std::string_view text);
void append_quoted(std::string& out, std::string_view text);

// Words of one line, separated by white space. Inside "..." the escapes of quote() are undone (an unknown \c
// is c); inside '...' only \' is special; a quoted part may follow plain text but must be followed by a space
// or the end. A zero byte ends the line. An empty line gives no words; an unbalanced or glued quote gives
// nullopt.
std::optional<std::vector<std::string>> split_args(std::string_view line);

// What a program that keeps text in C strings shows of these bytes: they end at a zero byte. Error texts that quote
// an argument follow it. Borrows from `text`.
inline std::string_view until_zero(std::string_view text) { return text.substr(0, text.find('\0')); }

// Two lower-case digits a byte.
std::string hex(std::string_view bytes);

}  // namespace strata
