// Finds the next request in bytes of the stream, without taking them: a replica has to pass them on as they came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace strata::repl {

struct RequestScan {
  enum class Result : uint8_t { kWhole, kMore, kBroken };
  Result result = Result::kMore;
  size_t bytes = 0;  // kWhole: of the request. kMore: how many there must be at least before it is worth looking again
};

// `words` are views into `input`. An empty line is a request without words. Anything that is not a multibulk request is
// broken: a master sends nothing else.
RequestScan scan_request(std::string_view input, std::vector<std::string_view>& words);

}  // namespace strata::repl
