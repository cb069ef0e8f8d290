// Documentation of the list commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_list_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "list");

  doc("lpush", {.summary = "Adds elements in front of a list, which is created where missing",
                .since = "1.0.0",
                .complexity = "O(1) for each element",
                .syntax = "key element...",
                .history = {{"2.4.0", "Several elements in one call"}}});
  doc("rpush", {.summary = "Adds elements behind a list, which is created where missing",
                .since = "1.0.0",
                .complexity = "O(1) for each element",
                .syntax = "key element...",
                .history = {{"2.4.0", "Several elements in one call"}}});
  doc("lpushx", {.summary = "Adds elements in front of a list that exists",
                 .since = "2.2.0",
                 .complexity = "O(1) for each element",
                 .syntax = "key element...",
                 .history = {{"4.0.0", "Several elements in one call"}}});
  doc("rpushx", {.summary = "Adds elements behind a list that exists",
                 .since = "2.2.0",
                 .complexity = "O(1) for each element",
                 .syntax = "key element...",
                 .history = {{"4.0.0", "Several elements in one call"}}});
  doc("lpop", {.summary = "Takes elements from the front of a list; an emptied list is gone",
               .since = "1.0.0",
               .complexity = "O(N), N being the elements taken",
               .syntax = "key [count:integer@6.2.0]",
               .history = {{"6.2.0", "Argument `count`"}}});
  doc("rpop", {.summary = "Takes elements from the end of a list; an emptied list is gone",
               .since = "1.0.0",
               .complexity = "O(N), N being the elements taken",
               .syntax = "key [count:integer@6.2.0]",
               .history = {{"6.2.0", "Argument `count`"}}});
  doc("llen",
      {.summary = "Answers how many elements a list has", .since = "1.0.0", .complexity = "O(1)", .syntax = "key"});
  doc("lrange", {.summary = "Answers the elements between two positions of a list",
                 .since = "1.0.0",
                 .complexity = "O(S+N), S being the way from the nearer end to the first element and N the elements "
                               "answered",
                 .syntax = "key start:integer stop:integer"});
  doc("lindex", {.summary = "Answers the element at a position of a list",
                 .since = "1.0.0",
                 .complexity = "O(N), N being the elements between it and the nearer end; O(1) at both ends",
                 .syntax = "key index:integer"});
  doc("lset", {.summary = "Replaces the element at a position of a list",
               .since = "1.0.0",
               .complexity = "O(N), N being the length of the list; O(1) at both ends",
               .syntax = "key index:integer element"});
  doc("linsert",
      {.summary = "Puts an element before or after another one of a list",
       .since = "2.2.0",
       .complexity = "O(N), N being the elements in front of the other one: little near the front, the whole "
                     "list near its end",
       .syntax = "key where:<BEFORE|AFTER> pivot element"});
  doc("lrem", {.summary = "Removes elements that equal a value from a list, from either end",
               .since = "1.0.0",
               .complexity = "O(N+M), N being the length of the list and M the elements removed",
               .syntax = "key count:integer element"});
  doc("ltrim", {.summary = "Keeps the elements between two positions of a list and removes the rest",
                .since = "1.0.0",
                .complexity = "O(N), N being the elements removed",
                .syntax = "key start:integer stop:integer"});
  doc("lpos", {.summary = "Finds the positions at which an element stands in a list",
               .since = "6.0.6",
               .complexity = "O(N), N being the length of the list; less with `MAXLEN` or a match near the end the "
                             "search starts from",
               .syntax = "key element [RANK rank:integer] [COUNT num-matches:integer] [MAXLEN len:integer]"});
  doc("lmove", {.summary = "Takes an element from one end of a list and adds it to an end of another",
                .since = "6.2.0",
                .complexity = "O(1)",
                .syntax = "source#0 destination#1 wherefrom:<LEFT|RIGHT> whereto:<LEFT|RIGHT>"});
  doc("rpoplpush", {.summary = "Takes the last element of a list and adds it in front of another",
                    .since = "1.2.0",
                    .complexity = "O(1)",
                    .syntax = "source#0 destination#1",
                    .deprecated_since = "6.2.0",
                    .replaced_by = "`LMOVE` with the `RIGHT` and `LEFT` arguments"});
  doc("lmpop", {.summary = "Takes elements from the first of several lists that has any",
                .since = "7.0.0",
                .complexity = "O(N+M), N being the keys given and M the elements taken",
                .syntax = "numkeys:integer key... where:<LEFT|RIGHT> [COUNT count:integer]"});
  doc("blmove", {.summary = "As LMOVE; waits while there is nothing to take",
                 .since = "6.2.0",
                 .complexity = "O(1)",
                 .syntax = "source#0 destination#1 wherefrom:<LEFT|RIGHT> whereto:<LEFT|RIGHT> timeout:double"});
  doc("brpoplpush", {.summary = "As RPOPLPUSH; waits while there is nothing to take",
                     .since = "2.2.0",
                     .complexity = "O(1)",
                     .syntax = "source#0 destination#1 timeout:double",
                     .deprecated_since = "6.2.0",
                     .replaced_by = "`BLMOVE` with the `RIGHT` and `LEFT` arguments",
                     .history = {{"6.0.0", "`timeout` may be a fraction of a second"}}});
  doc("blmpop", {.summary = "As LMPOP; waits while all the lists are empty",
                 .since = "7.0.0",
                 .complexity = "O(N+M), N being the keys given and M the elements taken",
                 .syntax = "timeout:double numkeys:integer key... where:<LEFT|RIGHT> [COUNT count:integer]"});
  doc("blpop", {.summary = "Takes the front element of the first list that has any, waiting for one",
                .since = "2.0.0",
                .complexity = "O(N), N being the keys given",
                .syntax = "key... timeout:double",
                .history = {{"6.0.0", "`timeout` may be a fraction of a second"}}});
  doc("brpop", {.summary = "Takes the last element of the first list that has any, waiting for one",
                .since = "2.0.0",
                .complexity = "O(N), N being the keys given",
                .syntax = "key... timeout:double",
                .history = {{"6.0.0", "`timeout` may be a fraction of a second"}}});
}

}  // namespace strata::db
