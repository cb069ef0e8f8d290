// What other servers send must do no harm: replies in any pieces, and what is read in them.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "07_sentinel/link/value.h"
#include "07_sentinel/monitor/hello.h"
#include "07_sentinel/monitor/info_report.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace strata::sentinel;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ReplyParser parser;
  Value value;
  for (size_t at = 0; at < size; at += 7) {
    parser.feed(text.substr(at, 7));
    while (parser.next(&value) == ReplyParser::Result::kReply) {
      (void)parse_hello(value.text);
      (void)parse_info(value.text);
    }
  }
  (void)parse_hello(text);
  (void)parse_info(text);
  return 0;
}
