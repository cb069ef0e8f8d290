// What a script says of itself, in its first line or at its registration as a function.
//
//   #!lua flags=no-writes,allow-oom          EVAL
//   #!lua name=mylib                         FUNCTION LOAD, where the functions have flags of their own
//
// A script with such a line is judged as a whole before it starts: it is a write command, which may need memory and must
// not see old data, unless its flags say otherwise. A script without one is judged command by command.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/status.h"

namespace strata::script {

enum ScriptFlag : uint32_t {
  kNoWrites = 1u << 0,
  kAllowOom = 1u << 1,
  kAllowStale = 1u << 2,
  kNoCluster = 1u << 3,
  kAllowCrossSlot = 1u << 4,
  kNoShebang = 1u << 5,  // not a flag that can be given
};

// In the order of showing.
struct ScriptFlagName {
  std::string_view name;
  uint32_t flag;
};
inline constexpr ScriptFlagName kScriptFlagNames[] = {{"no-writes", kNoWrites},
                                                      {"allow-oom", kAllowOom},
                                                      {"allow-stale", kAllowStale},
                                                      {"no-cluster", kNoCluster},
                                                      {"allow-cross-slot-keys", kAllowCrossSlot}};

// 0: there is no such flag.
uint32_t script_flag(std::string_view name);

// The first line of a script, cut into its words.
struct Shebang {
  std::vector<std::string> words;  // "#!lua", "flags=..."
  size_t length = 0;  // bytes before the line's end, which stays: the lines of errors are counted from here
};
// `error` is the answer to a line that does not end or cannot be cut.
bool has_shebang(std::string_view script);
Expected<Shebang> read_shebang(std::string_view script, std::string_view error);

// The flags of a script for EVAL, kNoShebang among them; `*code` is the part that Lua understands.
Expected<uint32_t> read_script_flags(std::string_view script, std::string_view* code);

}  // namespace strata::script
