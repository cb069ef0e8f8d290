// The hash table by itself: time per item for inserting, finding, scanning and removing.
//
// Keys are looked up in a random order: at a million of them nearly each lookup waits for memory, at a
// thousand none.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "01_resp_server/db/hash.h"
#include "01_resp_server/db/slab.h"
#include "01_resp_server/db/table.h"
#include "common/random.h"

namespace strata::db {
namespace {

struct BenchItem {
  char name[16];
};
struct BenchTraits {
  using Item = BenchItem;
  static std::string_view key(const Item* item) { return {item->name, sizeof item->name}; }
};
using BenchTable = Table<BenchTraits>;

std::vector<BenchItem> items(size_t n, char prefix) {
  std::vector<BenchItem> made(n);
  for (size_t i = 0; i < n; i++) {
    char text[sizeof(BenchItem) + 1];
    std::snprintf(text, sizeof text, "%c%015u", prefix, static_cast<unsigned>(i));
    std::memcpy(made[i].name, text, sizeof(BenchItem));
  }
  Random random(1);
  for (size_t i = n; i > 1; i--) std::swap(made[i - 1], made[random.below(i)]);
  return made;
}

void insert_all(BenchTable& table, std::vector<BenchItem>& all) {
  for (BenchItem& item : all) table.insert(&item, hash_of(BenchTraits::key(&item)));
}

void count_items(benchmark::State& state, size_t per_iteration) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(per_iteration));
}

// From an empty table: all rehashes on the way are part of it.
void insert(benchmark::State& state) {
  auto all = items(static_cast<size_t>(state.range(0)), 'k');
  for (auto _ : state) {
    SlabAllocator slab;
    BenchTable table(slab);
    insert_all(table, all);
    benchmark::DoNotOptimize(table.size());
  }
  count_items(state, all.size());
}

void find(benchmark::State& state, bool hit) {
  auto all = items(static_cast<size_t>(state.range(0)), 'k');
  SlabAllocator slab;
  BenchTable table(slab);
  insert_all(table, all);
  auto wanted = items(all.size(), hit ? 'k' : 'm');
  Random random(2);
  for (size_t i = wanted.size(); i > 1; i--) std::swap(wanted[i - 1], wanted[random.below(i)]);
  size_t next = 0;
  for (auto _ : state) {
    std::string_view key = BenchTraits::key(&wanted[next]);
    if (static_cast<bool>(table.find(key, hash_of(key))) != hit) state.SkipWithError("wrong answer");
    if (++next == wanted.size()) next = 0;
  }
  count_items(state, 1);
}

// A whole scan, bucket by bucket.
void scan(benchmark::State& state) {
  auto all = items(static_cast<size_t>(state.range(0)), 'k');
  SlabAllocator slab;
  BenchTable table(slab);
  insert_all(table, all);
  for (auto _ : state) {
    size_t seen = 0;
    uint64_t cursor = 0;
    do {
      cursor = table.scan(cursor, [&](BenchItem*) { seen++; });
    } while (cursor != 0);
    if (seen != all.size()) state.SkipWithError("the scan missed items");
  }
  count_items(state, all.size());
}

// Down to an empty table: the shrinking is part of it, the filling beforehand is not.
void remove(benchmark::State& state) {
  auto all = items(static_cast<size_t>(state.range(0)), 'k');
  for (auto _ : state) {
    state.PauseTiming();
    SlabAllocator slab;
    auto table = std::make_unique<BenchTable>(slab);
    insert_all(*table, all);
    state.ResumeTiming();
    for (BenchItem& item : all) {
      std::string_view key = BenchTraits::key(&item);
      Hash hash = hash_of(key);
      table->remove(table->find(key, hash), hash);
    }
    if (!table->empty()) state.SkipWithError("items are left");
  }
  count_items(state, all.size());
}

BENCHMARK(insert)->Arg(1'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(find, hit, true)->Arg(1'000)->Arg(1'000'000);
BENCHMARK_CAPTURE(find, miss, false)->Arg(1'000)->Arg(1'000'000);
BENCHMARK(scan)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK(remove)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace strata::db
