// Documentation of the set commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_set_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "set");

  doc("sadd", {.summary = "Adds members to a set, which is created where missing",
               .since = "1.0.0",
               .complexity = "O(1) for each member",
               .syntax = "key member...",
               .history = {{"2.4.0", "Several members in one call"}}});
  doc("srem", {.summary = "Removes members; a set without members is gone",
               .since = "1.0.0",
               .complexity = "O(N), N being the members to remove",
               .syntax = "key member...",
               .history = {{"2.4.0", "Several members in one call"}}});
  doc("scard",
      {.summary = "Answers how many members a set has", .since = "1.0.0", .complexity = "O(1)", .syntax = "key"});
  doc("sismember",
      {.summary = "Tells whether a set has a member", .since = "1.0.0", .complexity = "O(1)", .syntax = "key member"});
  doc("smismember", {.summary = "Tells of each of several members whether a set has it",
                     .since = "6.2.0",
                     .complexity = "O(N), N being the members asked about",
                     .syntax = "key member..."});
  doc("smembers", {.summary = "Answers all members of a set",
                   .since = "1.0.0",
                   .complexity = "O(N), N being the members of the set",
                   .syntax = "key"});
  doc("smove", {.summary = "Takes a member from one set over into another",
                .since = "1.0.0",
                .complexity = "O(1)",
                .syntax = "source#0 destination#1 member"});
  doc("spop", {.summary = "Takes members chosen by chance out of a set",
               .since = "1.0.0",
               .complexity = "O(1) without `count`; O(N) with it, N being `count`",
               .syntax = "key [count:integer@3.2.0]",
               .history = {{"3.2.0", "Argument `count`"}}});
  doc("srandmember", {.summary = "Answers members of a set chosen by chance; a negative count allows repetitions",
                      .since = "1.0.0",
                      .complexity = "O(1) without `count`; O(N) with it, N being its absolute value",
                      .syntax = "key [count:integer@2.6.0]",
                      .history = {{"2.6.0", "Argument `count`"}}});
  doc("sinter", {.summary = "Answers the members that several sets have in common",
                 .since = "1.0.0",
                 .complexity = "O(N*M) at worst, N being the members of the smallest set and M the sets",
                 .syntax = "key..."});
  doc("sintercard", {.summary = "Counts the members that several sets have in common, up to a limit if wanted",
                     .since = "7.0.0",
                     .complexity = "O(N*M) at worst, N being the members of the smallest set and M the sets",
                     .syntax = "numkeys:integer key... [LIMIT limit:integer]"});
  doc("sinterstore", {.summary = "Stores the members that several sets have in common as a new set",
                      .since = "1.0.0",
                      .complexity = "O(N*M) at worst, N being the members of the smallest set and M the sets",
                      .syntax = "destination#0 key#1..."});
  doc("sunion", {.summary = "Answers the members that any of several sets has",
                 .since = "1.0.0",
                 .complexity = "O(N), N being the members of all the sets",
                 .syntax = "key..."});
  doc("sunionstore", {.summary = "Stores the members that any of several sets has as a new set",
                      .since = "1.0.0",
                      .complexity = "O(N), N being the members of all the sets",
                      .syntax = "destination#0 key#1..."});
  doc("sdiff", {.summary = "Answers the members of the first set that none of the others has",
                .since = "1.0.0",
                .complexity = "O(N), N being the members of all the sets",
                .syntax = "key..."});
  doc("sdiffstore", {.summary = "Stores the members of the first set that none of the others has as a new set",
                     .since = "1.0.0",
                     .complexity = "O(N), N being the members of all the sets",
                     .syntax = "destination#0 key#1..."});
  doc("sscan", {.summary = "Walks through the members of a set in small steps, with a cursor that the caller keeps",
                .since = "2.8.0",
                .complexity = "O(1) a call; O(N) for a whole walk, N being the members of the set",
                .syntax = "key cursor:integer [MATCH pattern] [COUNT count:integer]"});
}

}  // namespace strata::db
