// Compares elements with a text from a client, whose number, if it spells one, is read once and not per element.
#pragma once

#include <cstdint>
#include <string_view>

#include "02_data_types/values/element.h"
#include "common/numbers.h"

namespace strata::db {

class ElementMatcher {
 public:
  explicit ElementMatcher(std::string_view text)  // borrowed
      : text_(text), is_number_(text.size() < kInt64Chars && parse_int64(text, &number_)) {}

  bool operator()(const Element& element) const {
    return element.is_number ? is_number_ && element.number == number_ : element.text == text_;
  }

 private:
  std::string_view text_;
  int64_t number_ = 0;
  bool is_number_;
};

}  // namespace strata::db
