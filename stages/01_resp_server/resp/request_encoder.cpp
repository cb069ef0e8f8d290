#include "01_resp_server/resp/request_encoder.h"

#include <cstring>

#include "common/numbers.h"

namespace strata::resp {

namespace {

constexpr size_t kMostHeader = 1 + kInt64Chars + 2;  // '$', the number, "\r\n"
constexpr size_t kSmall = 512;  // bytes, put together on the stack: one append costs a third of eight

size_t length_of(const char* begin, const char* end) { return static_cast<size_t>(end - begin); }

char* put_end(char* at) { return static_cast<char*>(std::memcpy(at, "\r\n", 2)) + 2; }

char* put_header(char* at, char type, size_t number) {
  *at++ = type;
  if (number < 10) {
    *at++ = static_cast<char>('0' + number);
  } else {
    at += format_uint64(at, number);
  }
  return put_end(at);
}

}  // namespace

void append_request(std::string& out, std::span<const std::string_view> words) {
  size_t most = kMostHeader;
  for (std::string_view word : words) most += kMostHeader + word.size() + 2;
  if (most <= kSmall) {  // nearly always; every write command comes by here
    char request[kSmall];
    char* at = put_header(request, '*', words.size());
    for (std::string_view word : words) {
      at = put_header(at, '$', word.size());
      at = put_end(at + word.copy(at, word.size()));
    }
    out.append(request, length_of(request, at));
    return;
  }
  char header[kMostHeader];
  out.append(header, length_of(header, put_header(header, '*', words.size())));
  for (std::string_view word : words) {
    out.append(header, length_of(header, put_header(header, '$', word.size()))).append(word).append("\r\n");
  }
}

}  // namespace strata::resp
