// One element of a collection as its encoding keeps it: text, or a number that stands for its decimal text.
//
// Borrowed: valid until the collection changes.
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/resp/reply.h"
#include "common/numbers.h"

namespace strata::db {

struct Element {
  std::string_view text = {};
  int64_t number = 0;
  bool is_number = false;

  static Element of(std::string_view text) { return {.text = text}; }
  static Element of(int64_t number) { return {.number = number, .is_number = true}; }

  // Room for a number's digits, where somebody needs the text of either kind.
  struct Digits {
    char bytes[24];
  };
  std::string_view as_text(Digits& digits) const {
    return is_number ? std::string_view(digits.bytes, format_int64(digits.bytes, number)) : text;
  }
};

inline void reply_element(resp::Reply& reply, const Element& element) {
  if (element.is_number) {
    reply.bulk_integer(element.number);
  } else {
    reply.bulk(element.text);
  }
}

}  // namespace strata::db
