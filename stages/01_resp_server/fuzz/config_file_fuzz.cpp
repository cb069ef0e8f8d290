// Fuzzes the reader of redis.conf: no text may break it, and every value it accepted can be put back as it is
// shown.
//
// Run: build/fuzz/config_file_fuzz -max_len=300 -max_total_time=120 CORPUS_FOLDER
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "01_resp_server/server/config.h"
#include "01_resp_server/server/config_file.h"
#include "common/assert.h"
#include "common/text.h"

namespace strata::resp {
namespace {

struct Options {
  Options() {
    config.flag("f", &flag, false, "");
    config.integer("i", &integer, 5, 1, 100, "", {.alias = "old-i"});
    config.octal("o", &octal, 0, 0, 0777, "");
    config.memory("m", &memory, 1024, 0, Config::kNoMaximum, "");
    config.memory_or_percent("p", &share, 0, Config::kNoMaximum, "");
    config.text("t", &text, "", "");
  }
  bool flag = false;
  int64_t integer = 0, octal = 0, memory = 0, share = 0;
  std::string text;
  Config config;
};

void check(std::string_view input) {
  // `include` would read files of the machine, and devices that never end.
  if (to_lower(input).find("include") != std::string::npos) return;
  Options options;
  if (auto error = read_config_text(options.config, input, "")) {
    STRATA_ASSERT(error->line >= 1 && !describe(*error).empty());
  }
  options.config.each([](Option& option) {
    std::string shown = option.get();
    STRATA_ASSERT(option.restore(shown).ok(), "{} does not take '{}' back", option.name(), shown);
    STRATA_ASSERT(option.get() == shown, "{} was '{}', is '{}'", option.name(), shown, option.get());
  });
}

}  // namespace
}  // namespace strata::resp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  strata::resp::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
