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

void MessageFrame::encode(const std::string_view* pattern, std::string_view channel, std::string_view message) {
  if (head_.capacity() > kKept) head_ = std::string();
  head_.clear();
  if (pattern == nullptr) {
    head_ += "*3\r\n$7\r\nmessage\r\n";
  } else {
    head_ += "*4\r\n$8\r\npmessage\r\n";
    append_bulk(head_, *pattern);
  }
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
