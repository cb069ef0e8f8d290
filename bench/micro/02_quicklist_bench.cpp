// A list by itself: time per element for pushing and popping at either end, and for reading a hundred.
//
// The head is the interesting end: a listpack grows at its tail by nature, at its head only because nodes keep a gap.
#include <benchmark/benchmark.h>

#include "02_data_types/encodings/quicklist.h"

namespace strata::db {
namespace {

constexpr size_t kElements = 100000;
constexpr int kFill = -2;  // nodes of 8 KiB

void BM_PushAndPop(benchmark::State& state) {
  const auto end = static_cast<ListEnd>(state.range(0));
  for (auto _ : state) {
    QuickList list(kFill, 0);
    for (size_t i = 0; i < kElements; i++) list.push(end, "element");
    for (size_t i = 0; i < kElements; i++) list.pop(end);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kElements));
}
BENCHMARK(BM_PushAndPop)->Arg(static_cast<int>(ListEnd::kHead))->Arg(static_cast<int>(ListEnd::kTail));

// A queue of `range` elements: in at one end, out at the other.
void BM_Queue(benchmark::State& state) {
  QuickList list(kFill, 0);
  for (int64_t i = 0; i < state.range(0); i++) list.push(ListEnd::kHead, "element");
  for (auto _ : state) {
    list.push(ListEnd::kHead, "element");
    list.pop(ListEnd::kTail);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}
BENCHMARK(BM_Queue)->Arg(10)->Arg(500)->Arg(100000);

// With compression a reader uncompresses the nodes that it passes.
void BM_ReadAHundred(benchmark::State& state) {
  QuickList list(kFill, state.range(0));
  for (size_t i = 0; i < kElements; i++) list.push(ListEnd::kTail, "element");
  for (auto _ : state) {
    size_t bytes = 0;
    list.visit(ListEnd::kHead, kElements / 2, 100, [&](const Element& element) { bytes += element.text.size(); });
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * 100);
}
BENCHMARK(BM_ReadAHundred)->Arg(0)->Arg(1);

}  // namespace
}  // namespace strata::db
