// A sink that shows the stream of write commands as text: words separated by spaces, commands by "; ". A time in
// milliseconds is shown as <ms>.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "02_data_types/writes/write_stream.h"
#include "common/numbers.h"

namespace strata::db {

class RecordedStream final : public WriteSink {
 public:
  using WriteSink::WriteSink;
  void begin_unit() override { units++; }
  void append(std::string_view requests) override { bytes_ += requests; }

  // What came since the last call.
  std::string take() {
    std::string shown;
    for (size_t at = 0; at < bytes_.size();) {
      size_t words = number(at, '*');
      if (!shown.empty()) shown += "; ";
      for (size_t i = 0; i < words; i++) {
        size_t length = number(at, '$');
        std::string word = bytes_.substr(at, length);
        at += length + 2;
        bool is_time = word.size() == 13 && word.find_first_not_of("0123456789") == std::string::npos;
        if (i > 0) shown += ' ';
        shown += is_time ? "<ms>" : word;
      }
    }
    bytes_.clear();
    return shown;
  }

  size_t units = 0;

 private:
  size_t number(size_t& at, char type) {
    EXPECT_EQ(bytes_[at], type);
    size_t end = bytes_.find("\r\n", at);
    int64_t value = 0;
    EXPECT_TRUE(parse_int64(std::string_view(bytes_).substr(at + 1, end - at - 1), &value));
    at = end + 2;
    return static_cast<size_t>(value);
  }

  std::string bytes_;
};

}  // namespace strata::db
