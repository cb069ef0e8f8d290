// RequestParser: time per command for what a read of 16 pipelined commands brings.
#include <benchmark/benchmark.h>

#include <string>

#include "01_resp_server/resp/input_buffer.h"
#include "01_resp_server/resp/request_parser.h"

namespace strata::resp {
namespace {

constexpr int kPipeline = 16;

std::string set_command(size_t value_bytes) {
  return "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000042\r\n$" + std::to_string(value_bytes) + "\r\n" +
         std::string(value_bytes, 'v') + "\r\n";
}

// One borrowed buffer a round, as the event loop hands over what a read brought.
void parse(benchmark::State& state, const std::string& command) {
  std::string pipeline;
  for (int i = 0; i < kPipeline; i++) pipeline += command;
  RequestParser parser;
  InputBuffer input;
  const ParserLimits limits;
  for (auto _ : state) {
    input.borrow(pipeline.data(), pipeline.size());
    int commands = 0;
    while (parser.next(input, limits) == RequestParser::Result::kCommand) {
      benchmark::DoNotOptimize(parser.args().data());
      commands++;
    }
    input.settle();
    if (commands != kPipeline) state.SkipWithError("not every command was parsed");
  }
  state.SetItemsProcessed(state.iterations() * kPipeline);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(pipeline.size()));
}

BENCHMARK_CAPTURE(parse, set_3_bytes, set_command(3));
BENCHMARK_CAPTURE(parse, set_1_kb, set_command(1024));
BENCHMARK_CAPTURE(parse, inline_set, "SET key:000000000042 xyz\r\n");

}  // namespace
}  // namespace strata::resp
