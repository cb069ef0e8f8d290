// Documentation of the string commands.
#include "01_resp_server/commands/docs/docs.h"

namespace strata::resp {

void document_string_commands(CommandTable& commands) {
  const DocGroup doc(commands, "string");

  doc("set", {.summary = "Stores a string under a key, on conditions and with an expiry if wanted",
              .since = "1.0.0",
              .complexity = "O(1)",
              .syntax = "key value [condition:<NX|XX>@2.6.12] [GET@6.2.0] "
                        "[expiration:<EX seconds:integer@2.6.12|PX milliseconds:integer@2.6.12|"
                        "EXAT unix-time-seconds:unix-time@6.2.0|"
                        "PXAT unix-time-milliseconds:unix-time@6.2.0|KEEPTTL@6.0.0>]",
              .history = {{"2.6.12", "Options `EX`, `PX`, `NX`, `XX`"},
                          {"6.0.0", "Option `KEEPTTL`"},
                          {"6.2.0", "Options `GET`, `EXAT`, `PXAT`"},
                          {"7.0.0", "`NX` and `GET` go together"}}});
  doc("get",
      {.summary = "Answers the string stored under a key", .since = "1.0.0", .complexity = "O(1)", .syntax = "key"});
  doc("getset", {.summary = "Stores a string and answers the one it replaces",
                 .since = "1.0.0",
                 .complexity = "O(1)",
                 .syntax = "key value",
                 .deprecated_since = "6.2.0",
                 .replaced_by = "`SET` with the `!GET` argument"});
  doc("getdel", {.summary = "Answers the string stored under a key and deletes the key",
                 .since = "6.2.0",
                 .complexity = "O(1)",
                 .syntax = "key"});
  doc("getex", {.summary = "Answers the string stored under a key and changes when it expires",
                .since = "6.2.0",
                .complexity = "O(1)",
                .syntax = "key [expiration:<EX seconds:integer|PX milliseconds:integer|"
                          "EXAT unix-time-seconds:unix-time|PXAT unix-time-milliseconds:unix-time|"
                          "PERSIST>]"});
  doc("setnx", {.summary = "Stores a string only where there is no key yet",
                .since = "1.0.0",
                .complexity = "O(1)",
                .syntax = "key value"});
  doc("setex", {.summary = "Stores a string that expires after some seconds",
                .since = "2.0.0",
                .complexity = "O(1)",
                .syntax = "key seconds:integer value"});
  doc("psetex", {.summary = "Stores a string that expires after some milliseconds",
                 .since = "2.6.0",
                 .complexity = "O(1)",
                 .syntax = "key milliseconds:integer value"});
  doc("mset", {.summary = "Stores several strings in one step",
               .since = "1.0.1",
               .complexity = "O(N), N being the keys",
               .syntax = "{key value}..."});
  doc("msetnx", {.summary = "Stores several strings in one step, or none when one of the keys exists",
                 .since = "1.0.1",
                 .complexity = "O(N), N being the keys",
                 .syntax = "{key value}..."});
  doc("mget", {.summary = "Answers the strings of several keys",
               .since = "1.0.0",
               .complexity = "O(N), N being the keys",
               .syntax = "key..."});
  doc("append", {.summary = "Adds bytes to the end of a string, which is created where missing",
                 .since = "2.0.0",
                 .complexity = "O(1), amortised over many calls that add few bytes each",
                 .syntax = "key value"});
  doc("strlen",
      {.summary = "Answers the length of a string in bytes", .since = "2.2.0", .complexity = "O(1)", .syntax = "key"});
  doc("incr", {.summary = "Adds one to the number stored under a key",
               .since = "1.0.0",
               .complexity = "O(1)",
               .syntax = "key"});
  doc("decr", {.summary = "Takes one from the number stored under a key",
               .since = "1.0.0",
               .complexity = "O(1)",
               .syntax = "key"});
  doc("incrby", {.summary = "Adds a whole number to the number stored under a key",
                 .since = "1.0.0",
                 .complexity = "O(1)",
                 .syntax = "key increment:integer"});
  doc("decrby", {.summary = "Takes a whole number from the number stored under a key",
                 .since = "1.0.0",
                 .complexity = "O(1)",
                 .syntax = "key decrement:integer"});
  doc("incrbyfloat", {.summary = "Adds a decimal number to the number stored under a key",
                      .since = "2.6.0",
                      .complexity = "O(1)",
                      .syntax = "key increment:double"});
  doc("getrange", {.summary = "Answers the bytes between two positions of a string",
                   .since = "2.4.0",
                   .complexity = "O(N), N being the bytes answered",
                   .syntax = "key start:integer end:integer"});
  doc("substr", {.summary = "Answers the bytes between two positions of a string, under the old name of "
                            "GETRANGE",
                 .since = "1.0.0",
                 .complexity = "O(N), N being the bytes answered",
                 .syntax = "key start:integer end:integer",
                 .deprecated_since = "2.0.0",
                 .replaced_by = "`GETRANGE`"});
  doc("setrange", {.summary = "Overwrites the bytes of a string from a position on, padding with zero bytes",
                   .since = "2.2.0",
                   .complexity = "O(1) for short values; O(M) otherwise, M being the bytes written",
                   .syntax = "key offset:integer value"});
  doc("lcs", {.summary = "Finds the longest sequence of bytes that two strings have in common, gaps "
                         "allowed",
              .since = "7.0.0",
              .complexity = "O(N*M), N and M being the lengths of the two strings",
              .syntax = "key1#0 key2#0 [LEN] [IDX] [MINMATCHLEN len:integer] [WITHMATCHLEN]"});
}

}  // namespace strata::resp
