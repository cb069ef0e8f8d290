// Encodes a command as a client sends it:   *2\r\n$3\r\nGET\r\n$1\r\nk\r\n
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/numbers.h"

namespace strata::resp {

namespace detail {
inline void append_header(std::string& out, char type, size_t number) {
  char text[kInt64Chars + 3];
  text[0] = type;
  size_t n = 1 + format_uint64(text + 1, number);
  text[n++] = '\r';
  text[n++] = '\n';
  out.append(text, n);
}
}  // namespace detail

inline void append_request(std::string& out, std::span<const std::string_view> words) {
  detail::append_header(out, '*', words.size());
  for (std::string_view word : words) {
    detail::append_header(out, '$', word.size());
    out.append(word).append("\r\n");
  }
}

}  // namespace strata::resp
