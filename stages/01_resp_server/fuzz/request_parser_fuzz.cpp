// Fuzzes RequestParser: whatever the bytes and wherever reads cut them, the same commands come out, arguments
// lie in memory that is there, and memory stays in proportion to what was received.
//
//   input   [limits] [cut] [cut] [cut] [cut] [bytes ...]
//            limits   which ParserLimits
//            cut      lengths of the reads, used in turn; 0: everything that is left
//
// A byte kFill stands for 5000 times 'x', so that short inputs reach big bulks and the limit on the length of
// a line.
//
// Run: build/fuzz/request_parser_fuzz -max_len=600 -max_total_time=120 CORPUS_FOLDER
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "01_resp_server/resp/input_buffer.h"
#include "01_resp_server/resp/request_parser.h"
#include "common/assert.h"

namespace strata::resp {
namespace {

constexpr size_t kHeader = 5;
constexpr uint8_t kFill = 0xF1;
constexpr size_t kMostBytes = 1 << 20;  // expanded input beyond it only costs time

struct Outcome {
  std::vector<std::vector<std::string>> commands;
  std::string error;
};

ParserLimits limits_of(uint8_t selector) {
  constexpr uint64_t kMaxBulk[] = {16 << 20, 40'000, 100, 1 << 20};
  return {.max_bulk = kMaxBulk[selector & 3], .authenticated = (selector & 4) == 0};
}

std::string expand(std::span<const uint8_t> bytes) {
  std::string text;
  for (uint8_t byte : bytes) {
    if (text.size() > kMostBytes) break;
    if (byte == kFill) {
      text.append(5000, 'x');
    } else {
      text.push_back(static_cast<char>(byte));
    }
  }
  return text;
}

void check_memory(const RequestParser& parser, const InputBuffer& input, size_t received, const ParserLimits& limits) {
  // An empty argument takes 6 bytes to send and two vector slots of 24 and 16 bytes, at most doubled by
  // growth. A bulk that has been announced may be there as a whole.
  size_t announced = limits.authenticated ? limits.max_bulk : 16384;
  size_t vectors = 16 * received + 8192;
  STRATA_ASSERT(parser.memory_bytes() <= vectors + 2 * received + announced, "parser holds {} bytes after {}",
                parser.memory_bytes(), received);
  STRATA_ASSERT(input.memory_bytes() <= 4 * received + 1024, "input holds {} bytes after {}", input.memory_bytes(),
                received);
}

// Takes every complete command. False after an error.
bool take_commands(RequestParser& parser, InputBuffer& input, const ParserLimits& limits, size_t received,
                   Outcome* outcome) {
  for (;;) {
    size_t before = input.size();
    auto result = parser.next(input, limits);
    STRATA_ASSERT(input.size() <= before, "the parser made input: {} of {}", input.size(), before);
    check_memory(parser, input, received, limits);
    if (result == RequestParser::Result::kNeedMore) return true;
    if (result == RequestParser::Result::kError) {
      STRATA_ASSERT(!parser.error().empty());
      outcome->error = parser.error();
      return false;
    }
    STRATA_ASSERT(result == RequestParser::Result::kCommand, "result {}", static_cast<int>(result));
    STRATA_ASSERT(!parser.args().empty());
    // Copying reads every byte of the arguments: the sanitizer sees a view that reaches outside.
    outcome->commands.emplace_back(parser.args().begin(), parser.args().end());
  }
}

// Each read lands in a heap block of exactly its size, freed before the next, as the shared scratch buffer is
// reused.
Outcome parse(std::string_view bytes, std::span<const uint8_t> cuts, const ParserLimits& limits) {
  RequestParser parser;
  InputBuffer input;
  Outcome outcome;
  size_t at = 0;
  for (size_t read = 0; at < bytes.size(); read++) {
    size_t cut = cuts.empty() ? 0 : cuts[read % cuts.size()];
    size_t n = bytes.size() - at;
    // An unfinished line is looked at again after each read: at most some 500 of them, however long the input
    // is.
    if (cut != 0) n = std::min(n, std::max(cut, bytes.size() / 512));
    std::vector<char> scratch;
    if (auto space = parser.big_bulk_space(); !space.empty()) {
      n = std::min(n, space.size());
      std::copy_n(bytes.data() + at, n, space.data());
      parser.big_bulk_filled(n);
    } else if (input.size() > 0) {
      std::copy_n(bytes.data() + at, n, input.reserve(n));
      input.filled(n);
    } else {
      scratch.assign(bytes.data() + at, bytes.data() + at + n);
      input.borrow(scratch.data(), n);
    }
    at += n;
    if (!take_commands(parser, input, limits, at, &outcome)) break;
    input.settle();
  }
  return outcome;
}

void check(std::span<const uint8_t> data) {
  if (data.size() < kHeader) return;
  ParserLimits limits = limits_of(data[0]);
  std::string bytes = expand(data.subspan(kHeader));
  Outcome whole = parse(bytes, {}, limits);
  Outcome split = parse(bytes, data.subspan(1, kHeader - 1), limits);
  if (whole.error.find("too big") == std::string::npos && split.error.find("too big") == std::string::npos) {
    STRATA_ASSERT(whole.error == split.error, "whole: '{}', split: '{}'", whole.error, split.error);
    STRATA_ASSERT(whole.commands == split.commands, "{} and {} commands", whole.commands.size(), split.commands.size());
  } else {
    // A line that is too long is seen as such only while its end has not arrived: one of the two stops
    // earlier.
    size_t common = std::min(whole.commands.size(), split.commands.size());
    STRATA_ASSERT(std::equal(whole.commands.begin(), whole.commands.begin() + static_cast<ptrdiff_t>(common),
                             split.commands.begin()));
  }
}

}  // namespace
}  // namespace strata::resp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  strata::resp::check({data, size});
  return 0;
}
