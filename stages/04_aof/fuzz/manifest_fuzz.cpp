// Fuzzes the reader of manifests: what it accepts is written in a form that gives the same manifest again, and can go on.
//
// Run: build/fuzz/manifest_fuzz -max_len=300 -max_total_time=120 CORPUS_FOLDER
#include "04_aof/files/manifest.h"

#include <cstddef>
#include <cstdint>

#include "common/assert.h"

namespace {

void check(std::string_view text) {
  using strata::aof::Manifest;
  strata::Expected<Manifest> manifest = Manifest::parse(text);
  if (!manifest || manifest->empty()) return;
  manifest->replace_base(manifest->next_base("a", "aof"), 1);
  const auto again = Manifest::parse(manifest->text());
  // Quotes may make a line too long.
  STRATA_ASSERT(again.ok() || text.size() > 250, "{}", again.message());
  if (!again.ok()) return;
  STRATA_ASSERT(again->text() == manifest->text() && again->base == manifest->base);
  STRATA_ASSERT(again->history == manifest->history && again->increments == manifest->increments);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  check({reinterpret_cast<const char*>(data), size});
  return 0;
}
