// Where the keys of a command line are.
//
// COMMAND GETKEYS asks, and in a cluster every command does, to learn which node it belongs to. The answer
// comes from the command's key specs; a hook of the command takes over where they cannot tell:
//
//   specs match, flags fixed          -> specs                           GET k        MSET a 1 b 2
//   flags depend on the options       -> hook (specs when there is none)  SET k v GET
//   a spec does not match the line    -> hook (failure when there is none) SORT k STORE d
#pragma once

#include <vector>

#include "01_resp_server/server/command.h"

namespace strata::resp {

// Appends the keys of `args` (command name first; of a subcommand, the container's name first) in the order
// of the specs. False, with `out` unchanged, when the line is not one the command would accept. `spec` must
// accept the number of arguments.
[[nodiscard]] bool find_keys(const CommandSpec& spec, Args args, std::vector<FoundKey>& out);

// Whether a command line of this command can have keys at all. Shard channels (kKeyNotKey) route like keys
// but are none.
bool takes_keys(const CommandSpec& spec);

// Whether some keys lie beyond what a (first, last, step) triple can say.
bool has_movable_keys(const CommandSpec& spec);

// The triple of COMMAND INFO: positions of the first and the last key (negative: from the end) and the
// distance between keys. Several specs are merged when they follow one another; a gap between them makes it
// all zero.
struct KeyTriple {
  int first = 0;
  int last = 0;
  int step = 0;
};
KeyTriple key_triple(const CommandSpec& spec);

}  // namespace strata::resp
