// Documentation of the HyperLogLog commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_hyperloglog_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "hyperloglog");

  doc("pfadd", {.summary = "Shows elements to a HyperLogLog, which is created where missing",
                .since = "2.8.9",
                .complexity = "O(1) for each element",
                .syntax = "key [element...]"});
  doc("pfcount", {.summary = "Estimates how many different elements one or several HyperLogLogs were shown",
                  .since = "2.8.9",
                  .complexity = "O(1) for one key, and little of it; O(N) for N keys, each of which costs much more",
                  .syntax = "key..."});
  doc("pfmerge", {.summary = "Makes a HyperLogLog that was shown all that several others were",
                  .since = "2.8.9",
                  .complexity = "O(N), N being the HyperLogLogs; each costs much",
                  .syntax = "destkey#0 sourcekey#1..."});
  doc("pfdebug", {.summary = "Shows the registers of a HyperLogLog or changes their representation",
                  .since = "2.8.9",
                  .complexity = "As long as it takes to visit every register",
                  .syntax = "subcommand key",
                  .syscmd = true});
  doc("pfselftest", {.summary = "Checks the HyperLogLog implementation against itself",
                     .since = "2.8.9",
                     .complexity = "As long as it takes: some seconds",
                     .syscmd = true});
}

}  // namespace strata::db
