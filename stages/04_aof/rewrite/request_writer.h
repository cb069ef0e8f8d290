// Writes commands as requests in RESP to a sink, word by word, through a buffer. An error of the sink sticks.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "02_data_types/values/element.h"
#include "03_rdb_snapshot/bytes/byte_sink.h"
#include "common/numbers.h"

namespace strata::aof {

class RequestWriter {
 public:
  explicit RequestWriter(rdb::ByteSink& sink) : sink_(sink) { buffer_.reserve(kBuffer + kHeader); }

  void begin(size_t words) { header('*', words); }
  void word(std::string_view text) {
    header('$', text.size());
    buffer_.append(text);
    buffer_.append("\r\n");
    if (buffer_.size() >= kBuffer) (void)flush();
  }
  void word(const db::Element& element) {
    db::Element::Digits digits;
    word(element.as_text(digits));
  }
  void number(int64_t value) {
    char digits[kInt64Chars];
    word(std::string_view(digits, format_int64(digits, value)));
  }
  void real(double value) {
    char text[kDoubleChars];
    word(std::string_view(text, format_double(text, value)));
  }
  void raw(std::string_view bytes) { buffer_.append(bytes); }

  Status flush() {
    if (status_.ok()) status_ = sink_.write(buffer_);
    buffer_.clear();
    return status_;
  }
  const Status& status() const { return status_; }

 private:
  static constexpr size_t kBuffer = 256 * 1024;
  static constexpr size_t kHeader = 32;

  void header(char type, size_t number) {
    char text[kHeader];
    text[0] = type;
    size_t n = 1 + format_uint64(text + 1, number);
    text[n++] = '\r';
    text[n++] = '\n';
    buffer_.append(text, n);
  }

  rdb::ByteSink& sink_;
  std::string buffer_;
  Status status_;
};

}  // namespace strata::aof
