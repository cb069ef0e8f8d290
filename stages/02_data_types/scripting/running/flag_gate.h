// What a script's flags mean for the command that runs it.
//
//   EVAL "#!lua flags=no-writes ..."   is judged as a command that reads
//   EVAL "#!lua ..."                   as one that writes, may need memory and must not see old data
//
// A gate that stands before all others looks the flags up and asks the gates that concern such a command, in the place of
// those that concern EVAL itself. So the script is refused before it starts, and inside of MULTI before it is queued.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "01_resp_server/server/server.h"
#include "02_data_types/scripting/running/script_flags.h"

namespace strata::script {

class FlagGate {
 public:
  // The flags of the script that this command would run; false where it has none or there is no such script.
  using FlagsOf = bool (*)(resp::Client& client, resp::Args args, uint32_t* flags);

  explicit FlagGate(resp::Server& server);

  // Before the server starts: the command `name` runs scripts.
  void concerns(std::string_view name, FlagsOf flags_of) { concerned_.push_back({name, flags_of}); }

 private:
  // A command that does what a script with certain flags may do.
  struct Likeness {
    resp::CommandSpec spec;
    uint64_t gates = 0;
  };
  struct Concerned {
    std::string_view name;
    FlagsOf flags_of;
  };
  static bool gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args args);
  const Likeness& likeness(uint32_t flags) const;

  resp::Server& server_;
  std::vector<Concerned> concerned_;
  std::array<Likeness, 8> likenesses_;  // by the bits no-writes, allow-oom, allow-stale
};

// Notes of COMMAND INFO on the keys of commands that run scripts; clients know these sentences.
inline constexpr std::string_view kMayChangeKeys =
    "We cannot tell how the keys will be used so we assume the worst, RW and UPDATE";
inline constexpr std::string_view kOnlyReadsKeys =
    "We cannot tell how the keys will be used so we assume the worst, RO and ACCESS";

// A command that only reads must not start a script that says it writes: answers the error.
bool may_start(resp::Client& client, uint32_t flags, bool read_only);

}  // namespace strata::script
