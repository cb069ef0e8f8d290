// Documentation of the commands that work on keys of any type.
#include "01_resp_server/commands/docs/docs.h"

namespace strata::resp {

void document_generic_commands(CommandTable& commands) {
  const DocGroup doc(commands, "generic");

  doc("del", {.summary = "Removes keys",
              .since = "1.0.0",
              .complexity = "O(N), N being the keys; a value with elements costs O(M) more, M being "
                            "their number; a string O(1)",
              .syntax = "key..."});
  doc("unlink", {.summary = "Removes keys and frees large values in the background",
                 .since = "4.0.0",
                 .complexity = "O(1) a key; freeing takes O(N) in the background, N being the pieces of "
                               "memory of the values",
                 .syntax = "key..."});
  doc("exists", {.summary = "Counts how many of the given keys there are",
                 .since = "1.0.0",
                 .complexity = "O(N), N being the keys given",
                 .syntax = "key...",
                 .history = {{"3.0.3", "Several keys in one call"}}});
  doc("type", {.summary = "Answers the type of the value under a key",
               .since = "1.0.0",
               .complexity = "O(1)",
               .syntax = "key"});
  doc("keys", {.summary = "Lists all keys that match a pattern, which takes long in a large database",
               .since = "1.0.0",
               .complexity = "O(N), N being the keys of the database",
               .syntax = "pattern"});
  doc("randomkey", {.summary = "Answers some key of the current database, chosen by chance",
                    .since = "1.0.0",
                    .complexity = "O(1)"});
  doc("scan", {.summary = "Walks through the keys in small steps, with a cursor that the caller keeps",
               .since = "2.8.0",
               .complexity = "O(1) a call; O(N) for a whole walk, N being the keys of the database",
               .syntax = "cursor:integer [MATCH pattern] [COUNT count:integer] [TYPE type@6.0.0]",
               .history = {{"6.0.0", "Option `TYPE`"}}});
  doc("rename", {.summary = "Gives a key another name, replacing what is there",
                 .since = "1.0.0",
                 .complexity = "O(1)",
                 .syntax = "key newkey#1"});
  doc("renamenx", {.summary = "Gives a key another name if nobody has it yet",
                   .since = "1.0.0",
                   .complexity = "O(1)",
                   .syntax = "key newkey#1",
                   .history = {{"3.2.0", "Source and destination may be the same key"}}});
  doc("touch", {.summary = "Marks keys as used now and counts those there are",
                .since = "3.2.1",
                .complexity = "O(N), N being the keys given",
                .syntax = "key..."});
  doc("copy", {.summary = "Copies the value of a key to another key or database",
               .since = "6.2.0",
               .complexity = "O(N) for a collection, N being its elements; O(1) for a string",
               .syntax = "source#0 destination#1 [DB destination-db:integer] [REPLACE]"});
  doc("move", {.summary = "Takes a key over into another database",
               .since = "1.0.0",
               .complexity = "O(1)",
               .syntax = "key db:integer"});
  doc("expire", {.summary = "Lets a key expire after some seconds",
                 .since = "1.0.0",
                 .complexity = "O(1)",
                 .syntax = "key seconds:integer [condition:<NX|XX|GT|LT>@7.0.0]",
                 .history = {{"7.0.0", "Options `NX`, `XX`, `GT`, `LT`"}}});
  doc("pexpire", {.summary = "Lets a key expire after some milliseconds",
                  .since = "2.6.0",
                  .complexity = "O(1)",
                  .syntax = "key milliseconds:integer [condition:<NX|XX|GT|LT>@7.0.0]",
                  .history = {{"7.0.0", "Options `NX`, `XX`, `GT`, `LT`"}}});
  doc("expireat", {.summary = "Lets a key expire at a moment given in seconds since 1970",
                   .since = "1.2.0",
                   .complexity = "O(1)",
                   .syntax = "key unix-time-seconds:unix-time [condition:<NX|XX|GT|LT>@7.0.0]",
                   .history = {{"7.0.0", "Options `NX`, `XX`, `GT`, `LT`"}}});
  doc("pexpireat", {.summary = "Lets a key expire at a moment given in milliseconds since 1970",
                    .since = "2.6.0",
                    .complexity = "O(1)",
                    .syntax = "key unix-time-milliseconds:unix-time [condition:<NX|XX|GT|LT>@7.0.0]",
                    .history = {{"7.0.0", "Options `NX`, `XX`, `GT`, `LT`"}}});
  doc("ttl", {.summary = "Answers how many seconds a key has left",
              .since = "1.0.0",
              .complexity = "O(1)",
              .syntax = "key",
              .history = {{"2.8.0", "-2 tells a missing key from one without expiry"}}});
  doc("pttl", {.summary = "Answers how many milliseconds a key has left",
               .since = "2.6.0",
               .complexity = "O(1)",
               .syntax = "key",
               .history = {{"2.8.0", "-2 tells a missing key from one without expiry"}}});
  doc("expiretime", {.summary = "Answers the second since 1970 at which a key expires",
                     .since = "7.0.0",
                     .complexity = "O(1)",
                     .syntax = "key"});
  doc("pexpiretime", {.summary = "Answers the millisecond since 1970 at which a key expires",
                      .since = "7.0.0",
                      .complexity = "O(1)",
                      .syntax = "key"});
  doc("persist",
      {.summary = "Lets a key live without an expiry", .since = "2.2.0", .complexity = "O(1)", .syntax = "key"});
  doc("object", {.summary = "Groups the commands that look at how a value is held",
                 .since = "2.2.3",
                 .complexity = "Depends on the subcommand"});
  doc("object|encoding", {.summary = "Names the encoding in which a value is held",
                          .since = "2.2.3",
                          .complexity = "O(1)",
                          .syntax = "key"});
  doc("object|freq", {.summary = "Answers the counter of accesses on which LFU eviction relies",
                      .since = "4.0.0",
                      .complexity = "O(1)",
                      .syntax = "key"});
  doc("object|help",
      {.summary = "Lists the subcommands with a line about each", .since = "6.2.0", .complexity = "O(1)"});
  doc("object|idletime", {.summary = "Answers for how many seconds a key was not used",
                          .since = "2.2.3",
                          .complexity = "O(1)",
                          .syntax = "key"});
  doc("object|refcount",
      {.summary = "Answers how many places refer to a value", .since = "2.2.3", .complexity = "O(1)", .syntax = "key"});
}

}  // namespace strata::resp
