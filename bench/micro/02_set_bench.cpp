// Sets by themselves: asking the two encodings, and intersecting.
//
// Members are asked for in a random order: in a set of a million nearly each answer waits for memory.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "02_data_types/values/set_algebra.h"

namespace strata::db {
namespace {

const SetLimits kAnySize{.max_intset_entries = 1 << 30};

NewSet numbers(int64_t count) {
  NewSet set;
  for (int64_t i = 0; i < count; i++) set->add(Element::of(i * 3), kAnySize);
  return set;
}

std::vector<std::string> shuffled_words(int64_t count) {
  std::vector<std::string> words;
  for (int64_t i = 0; i < count; i++) words.push_back("member:" + std::to_string(i));
  Random random(1);
  for (size_t i = words.size(); i > 1; i--) std::swap(words[i - 1], words[random.below(i)]);
  return words;
}

NewSet set_of(const std::vector<std::string>& words) {
  NewSet set = NewSet::for_member("word");
  for (const std::string& word : words) set->add(word, kAnySize);
  return set;
}

void intset_contains(benchmark::State& state) {
  NewSet set = numbers(state.range(0));
  Random random(1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(set->intset().contains(static_cast<int64_t>(random.below(state.range(0) * 3))));
  }
}
BENCHMARK(intset_contains)->Arg(16)->Arg(512)->Arg(100'000);

void table_contains(benchmark::State& state) {
  const std::vector<std::string> words = shuffled_words(state.range(0));
  NewSet set = set_of(words);
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(set->contains(words[i]));
    i = i + 1 == words.size() ? 0 : i + 1;
  }
}
BENCHMARK(table_contains)->Arg(512)->Arg(100'000)->Arg(1'000'000);

void intersect(benchmark::State& state) {
  NewSet a = set_of(shuffled_words(state.range(0)));
  NewSet b = set_of(shuffled_words(state.range(0)));
  const SetValue others[] = {*b};
  for (auto _ : state) {
    size_t common = 0;
    filter_members(*a, others, true, 0, [&](const Element&) { common++; });
    benchmark::DoNotOptimize(common);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(intersect)->Arg(1000)->Arg(1'000'000);

}  // namespace
}  // namespace strata::db
