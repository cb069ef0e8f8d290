// Documentation of the bit commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_bitmap_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "bitmap");

  doc("setbit", {.summary = "Sets or clears a bit of a string and answers what it was",
                 .since = "2.2.0",
                 .complexity = "O(1)",
                 .syntax = "key offset:integer value:integer"});
  doc("getbit",
      {.summary = "Answers a bit of a string", .since = "2.2.0", .complexity = "O(1)", .syntax = "key offset:integer"});
  doc("bitcount", {.summary = "Counts the bits that are set in a string or a part of it",
                   .since = "2.6.0",
                   .complexity = "O(N), N being the bytes looked at",
                   .syntax = "key [index:{start:integer end:integer [index_unit:<BYTE|BIT>@7.0.0]}]",
                   .history = {{"7.0.0", "Option `BYTE|BIT`"}}});
  doc("bitpos", {.summary = "Finds the first bit of a string that is set, or the first that is clear",
                 .since = "2.8.7",
                 .complexity = "O(N), N being the bytes looked at",
                 .syntax = "key bit:integer "
                           "[index:{start:integer [end_index:{end:integer [index_unit:<BYTE|BIT>@7.0.0]}]}]",
                 .history = {{"7.0.0", "Option `BYTE|BIT`"}}});
  doc("bitop", {.summary = "Combines strings bit by bit and stores the result",
                .since = "2.6.0",
                .complexity = "O(N), N being the bytes of the longest string",
                .syntax = "operation destkey#0 key#1..."});
  doc("bitfield", {.summary = "Reads, sets and adds to integers of any width inside a string",
                   .since = "3.2.0",
                   .complexity = "O(1) for each operation",
                   .syntax = "key "
                             "[operation:<GET {encoding offset:integer}|write:{[OVERFLOW <WRAP|SAT|FAIL>] "
                             "write_operation:<SET {encoding offset:integer value:integer}|INCRBY {encoding "
                             "offset:integer increment:integer}>}>...]"});
  doc("bitfield_ro", {.summary = "Reads integers of any width inside a string",
                      .since = "6.0.0",
                      .complexity = "O(1) for each operation",
                      .syntax = "key [GET {encoding offset:integer}]..."});
}

}  // namespace strata::db
