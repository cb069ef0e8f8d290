// Reply and the OutputBuffer behind it: time per reply, and what handing the bytes on to the kernel adds.
//
// The buffer is emptied every kPipeline replies, as after a round of the event loop, so chunks come from the
// pool.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "01_resp_server/resp/output_buffer.h"
#include "01_resp_server/resp/reply.h"

namespace strata::resp {
namespace {

constexpr int kPipeline = 16;

template <class Write>
void replies(benchmark::State& state, Write write) {
  OutputBuffer out;
  Reply reply(out, nullptr);
  int64_t bytes = 0;
  for (auto _ : state) {
    for (int i = 0; i < kPipeline; i++) write(reply);
    bytes += static_cast<int64_t>(out.pending_bytes());
    out.clear();
  }
  state.SetItemsProcessed(state.iterations() * kPipeline);
  state.SetBytesProcessed(bytes);
}

const std::string kSmall(16, 's');
const std::string kLarge(16 * 1024, 'l');

BENCHMARK_CAPTURE(replies, ok, [](Reply& reply) { reply.ok(); });
BENCHMARK_CAPTURE(replies, integer, [](Reply& reply) { reply.integer(1234567); });
BENCHMARK_CAPTURE(replies, bulk_16_bytes, [](Reply& reply) { reply.bulk(kSmall); });
BENCHMARK_CAPTURE(replies, bulk_16_kb, [](Reply& reply) { reply.bulk(kLarge); });
BENCHMARK_CAPTURE(replies, array_of_100, [](Reply& reply) {
  reply.array(100);
  for (int i = 0; i < 100; i++) reply.bulk(kSmall);
});

// Appending pieces of range(0) bytes, 1 MB in all, and writing them out. /dev/null takes everything at no
// cost, so what is measured is the chain of chunks and the calls of writev.
void append_and_write(benchmark::State& state) {
  const std::string piece(static_cast<size_t>(state.range(0)), 'p');
  constexpr size_t kTotal = 1 << 20;
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  OutputBuffer out;
  for (auto _ : state) {
    for (size_t n = 0; n < kTotal; n += piece.size()) out.append(piece);
    while (!out.empty()) {
      if (out.write_to(null, kTotal) <= 0) {
        state.SkipWithError("/dev/null takes nothing");
        break;
      }
    }
  }
  close(null);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(kTotal));
}
BENCHMARK(append_and_write)->Arg(16)->Arg(1024)->Arg(64 * 1024);

}  // namespace
}  // namespace strata::resp
