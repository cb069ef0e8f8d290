#include "01_resp_server/pubsub/message_frame.h"

#include "common/numbers.h"

namespace strata::resp {

namespace {

void append_header(std::string& out, size_t length) {
  char digits[kInt64Chars];
  out += '$';
  out.append(digits, format_uint64(digits, length));
  out += "\r\n";
}

void append_bulk(std::string& out, std::string_view bytes) {
  append_header(out, bytes.size());
  out += bytes;
  out += "\r\n";
}

}  // namespace

void MessageFrame::encode(std::string_view kind, const std::string_view* pattern, std::string_view channel,
                          std::string_view message) {
  if (head_.capacity() > kKept) head_ = std::string();
  head_.clear();
  head_ += pattern == nullptr ? "*3\r\n" : "*4\r\n";
  append_bulk(head_, kind);
  if (pattern != nullptr) append_bulk(head_, *pattern);
  append_bulk(head_, channel);
  if (message.size() <= kCopied) {
    body_ = {};
    append_bulk(head_, message);
  } else {
    body_ = message;
    append_header(head_, message.size());
  }
}

}  // namespace strata::resp
