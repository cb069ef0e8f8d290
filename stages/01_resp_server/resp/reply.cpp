#include "01_resp_server/resp/reply.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace strata::resp {

namespace {

void copy_as_line(OutputBuffer& out, char type, std::string_view text) {
  char* p = out.reserve(text.size() + 3);
  *p = type;
  std::transform(text.begin(), text.end(), p + 1, [](char c) { return c == '\r' || c == '\n' ? ' ' : c; });
  p[text.size() + 1] = '\r';
  p[text.size() + 2] = '\n';
  out.commit(text.size() + 3);
}

}  // namespace

void Reply::simple(std::string_view text) {
  if (!muted_) copy_as_line(out_, '+', text);
}

void Reply::error(std::string_view text) {
  if (!error_prefix_.empty()) {
    std::string whole(std::exchange(error_prefix_, {}));
    error(whole.append(text));
    return;
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);  // of a quoted argument
  if (!muted_) copy_as_line(out_, '-', text);
  if (observer_ != nullptr) observer_->on_error_reply(text);
}

void Reply::bulk(std::string_view bytes) {
  if (muted_) return;
  if (bytes.size() > 1024) {
    header('$', static_cast<int64_t>(bytes.size()));
    out_.append(bytes);
    out_.append("\r\n");
    return;
  }
  char* p = out_.reserve(bytes.size() + 16);
  *p = '$';
  size_t n = 2;
  if (bytes.size() < 10) {  // the elements of large replies are short more often than not
    p[1] = static_cast<char>('0' + bytes.size());
  } else {
    n = 1 + format_uint64(p + 1, bytes.size());
  }
  p[n++] = '\r';
  p[n++] = '\n';
  if (!bytes.empty()) std::memcpy(p + n, bytes.data(), bytes.size());  // an empty view may point nowhere
  n += bytes.size();
  p[n++] = '\r';
  p[n++] = '\n';
  out_.commit(n);
}

void Reply::bulk_integer(int64_t value) {
  char digits[24];
  bulk({digits, format_int64(digits, value)});
}

// [task 1.4] Open a push message, which reaches a muted client too.
void Reply::push(size_t n) {
  bool muted = std::exchange(muted_, false);
  header(resp3() ? '>' : '*', static_cast<int64_t>(n));
  muted_ = muted;
}

// [task 1.4] Answer a floating point number.
void Reply::real(double value) {
  std::string text = format_double(value);
  if (!resp3()) {
    bulk(text);
    return;
  }
  raw(",");
  raw(text);
  raw("\r\n");
}

// [task 1.4] Answer a text that tells its format.
void Reply::verbatim(std::string_view bytes, std::string_view format) {
  if (!resp3()) {
    bulk(bytes);
    return;
  }
  header('=', static_cast<int64_t>(bytes.size() + 4));
  raw(format);
  raw(":");
  raw(bytes);
  raw("\r\n");
}

// [task 1.4] Answer an integer of any length.
void Reply::big_number(std::string_view digits) {
  if (!resp3()) {
    bulk(digits);
    return;
  }
  raw("(");
  raw(digits);
  raw("\r\n");
}

void Reply::close(char type, Chunk* gap, size_t n) {
  if (gap == nullptr) return;
  char text[24];
  text[0] = type;
  size_t used = 1 + format_int64(text + 1, static_cast<int64_t>(n));
  text[used++] = '\r';
  text[used++] = '\n';
  out_.fill(gap, {text, used});
}

}  // namespace strata::resp
