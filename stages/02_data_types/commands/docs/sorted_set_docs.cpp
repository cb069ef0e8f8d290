// Documentation of the sorted set commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_sorted_set_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "sorted-set");

  doc("zadd", {.summary = "Adds members with scores to a sorted set, or changes their scores",
               .since = "1.2.0",
               .complexity = "O(log(N)) for each member, N being the members of the sorted set",
               .syntax = "key [condition:<NX|XX>@3.0.2] [comparison:<GT|LT>@6.2.0] [change=CH@3.0.2] "
                         "[increment=INCR@3.0.2] {score:double member}...",
               .history = {{"2.4.0", "Several members in one call"},
                           {"3.0.2", "Options `XX`, `NX`, `CH`, `INCR`"},
                           {"6.2.0", "Options `GT`, `LT`"}}});
  doc("zincrby", {.summary = "Adds to the score of a member, which is added where missing",
                  .since = "1.2.0",
                  .complexity = "O(log(N)), N being the members of the sorted set",
                  .syntax = "key increment:integer member"});
  doc("zrem", {.summary = "Removes members; a sorted set without members is gone",
               .since = "1.2.0",
               .complexity = "O(M*log(N)), N being the members of the sorted set and M those to remove",
               .syntax = "key member...",
               .history = {{"2.4.0", "Several members in one call"}}});
  doc("zcard", {.summary = "Answers how many members a sorted set has",
                .since = "1.2.0",
                .complexity = "O(1)",
                .syntax = "key"});
  doc("zscore",
      {.summary = "Answers the score of a member", .since = "1.2.0", .complexity = "O(1)", .syntax = "key member"});
  doc("zmscore", {.summary = "Answers the scores of several members",
                  .since = "6.2.0",
                  .complexity = "O(N), N being the members asked about",
                  .syntax = "key member..."});
  doc("zrank", {.summary = "Answers how many members stand before a member, from the lowest score up",
                .since = "2.0.0",
                .complexity = "O(log(N))",
                .syntax = "key member"});
  doc("zrevrank", {.summary = "Answers how many members stand before a member, from the highest score down",
                   .since = "2.0.0",
                   .complexity = "O(log(N))",
                   .syntax = "key member"});
  doc("zcount", {.summary = "Counts the members with scores between two bounds",
                 .since = "2.0.0",
                 .complexity = "O(log(N)), N being the members of the sorted set",
                 .syntax = "key min:double max:double"});
  doc("zlexcount", {.summary = "Counts the members between two bounds in the order of bytes, all scores being equal",
                    .since = "2.8.9",
                    .complexity = "O(log(N)), N being the members of the sorted set",
                    .syntax = "key min max"});
  doc("zrange", {.summary = "Answers the members between two ranks, scores or names",
                 .since = "1.2.0",
                 .complexity = "O(log(N)+M), N being the members of the sorted set and M those answered",
                 .syntax = "key start stop [sortby:<BYSCORE|BYLEX>@6.2.0] [REV@6.2.0] "
                           "[LIMIT {offset:integer count:integer}@6.2.0] [WITHSCORES]",
                 .history = {{"6.2.0", "Options `REV`, `BYSCORE`, `BYLEX`, `LIMIT`"}}});
  doc("zrangestore", {.summary = "Stores the members between two ranks, scores or names as a new sorted set",
                      .since = "6.2.0",
                      .complexity = "O(log(N)+M), N being the members of the sorted set and M those stored",
                      .syntax = "dst#0 src#1 min max [sortby:<BYSCORE|BYLEX>] [REV] "
                                "[LIMIT {offset:integer count:integer}]"});
  doc("zrangebyscore", {.summary = "Answers the members with scores between two bounds",
                        .since = "1.0.5",
                        .complexity = "O(log(N)+M), N being the members of the sorted set and M those answered",
                        .syntax = "key min:double max:double [WITHSCORES@2.0.0] [LIMIT {offset:integer count:integer}]",
                        .deprecated_since = "6.2.0",
                        .replaced_by = "`ZRANGE` with the `BYSCORE` argument",
                        .history = {{"2.0.0", "Option `WITHSCORES`"}}});
  doc("zrangebylex", {.summary = "Answers the members between two bounds in the order of bytes",
                      .since = "2.8.9",
                      .complexity = "O(log(N)+M), N being the members of the sorted set and M those answered",
                      .syntax = "key min max [LIMIT {offset:integer count:integer}]",
                      .deprecated_since = "6.2.0",
                      .replaced_by = "`ZRANGE` with the `BYLEX` argument"});
  doc("zrevrange", {.summary = "Answers the members between two ranks, from the highest score down",
                    .since = "1.2.0",
                    .complexity = "O(log(N)+M), N being the members of the sorted set and M those answered",
                    .syntax = "key start:integer stop:integer [WITHSCORES]",
                    .deprecated_since = "6.2.0",
                    .replaced_by = "`ZRANGE` with the `REV` argument"});
  doc("zrevrangebyscore", {.summary = "Answers the members with scores between two bounds, from the highest score down",
                           .since = "2.2.0",
                           .complexity = "O(log(N)+M), N being the members of the sorted set and M those answered",
                           .syntax = "key max:double min:double [WITHSCORES] [LIMIT {offset:integer count:integer}]",
                           .deprecated_since = "6.2.0",
                           .replaced_by = "`ZRANGE` with the `REV` and `BYSCORE` arguments",
                           .history = {{"2.1.6", "Bounds may exclude themselves"}}});
  doc("zrevrangebylex", {.summary = "Answers the members between two bounds against the order of bytes",
                         .since = "2.8.9",
                         .complexity = "O(log(N)+M), N being the members of the sorted set and M those answered",
                         .syntax = "key max min [LIMIT {offset:integer count:integer}]",
                         .deprecated_since = "6.2.0",
                         .replaced_by = "`ZRANGE` with the `REV` and `BYLEX` arguments"});
  doc("zremrangebyrank", {.summary = "Removes the members between two ranks",
                          .since = "2.0.0",
                          .complexity = "O(log(N)+M), N being the members of the sorted set and M those removed",
                          .syntax = "key start:integer stop:integer"});
  doc("zremrangebyscore", {.summary = "Removes the members with scores between two bounds",
                           .since = "1.2.0",
                           .complexity = "O(log(N)+M), N being the members of the sorted set and M those removed",
                           .syntax = "key min:double max:double"});
  doc("zremrangebylex", {.summary = "Removes the members between two bounds in the order of bytes",
                         .since = "2.8.9",
                         .complexity = "O(log(N)+M), N being the members of the sorted set and M those removed",
                         .syntax = "key min max"});
  doc("zpopmin", {.summary = "Takes the members with the lowest scores out of a sorted set",
                  .since = "5.0.0",
                  .complexity = "O(log(N)*M), N being the members of the sorted set and M those taken",
                  .syntax = "key [count:integer]"});
  doc("zpopmax", {.summary = "Takes the members with the highest scores out of a sorted set",
                  .since = "5.0.0",
                  .complexity = "O(log(N)*M), N being the members of the sorted set and M those taken",
                  .syntax = "key [count:integer]"});
  doc("zmpop", {.summary = "Takes members with the lowest or highest scores from the first of several sorted sets "
                           "that has any",
                .since = "7.0.0",
                .complexity = "O(K) + O(M*log(N)), K being the keys given, N the members of the sorted set and M those "
                              "taken",
                .syntax = "numkeys:integer key... where:<MIN|MAX> [COUNT count:integer]"});
  doc("bzpopmin", {.summary = "Takes the member with the lowest score from the first sorted set that has any, waiting "
                              "for one",
                   .since = "5.0.0",
                   .complexity = "O(log(N)), N being the members of the sorted set",
                   .syntax = "key... timeout:double",
                   .history = {{"6.0.0", "`timeout` may be a fraction of a second"}}});
  doc("bzpopmax", {.summary = "Takes the member with the highest score from the first sorted set that has any, waiting "
                              "for one",
                   .since = "5.0.0",
                   .complexity = "O(log(N)), N being the members of the sorted set",
                   .syntax = "key... timeout:double",
                   .history = {{"6.0.0", "`timeout` may be a fraction of a second"}}});
  doc("bzmpop",
      {.summary = "As ZMPOP; waits while all the sorted sets are empty",
       .since = "7.0.0",
       .complexity = "O(K) + O(M*log(N)), K being the keys given, N the members of the sorted set and M those "
                     "taken",
       .syntax = "timeout:double numkeys:integer key... where:<MIN|MAX> [COUNT count:integer]"});
  doc("zrandmember", {.summary = "Answers members chosen by chance, with their scores if wanted",
                      .since = "6.2.0",
                      .complexity = "O(N), N being the members answered",
                      .syntax = "key [options:{count:integer [WITHSCORES]}]"});
  doc("zunion", {.summary = "Answers the members that any of several sorted sets has, with combined scores",
                 .since = "6.2.0",
                 .complexity = "O(N)+O(M*log(M)), N being the members of all the sorted sets and M those answered",
                 .syntax = "numkeys:integer key... [WEIGHTS weight:integer...] "
                           "[AGGREGATE aggregate:<SUM|MIN|MAX>] [WITHSCORES]"});
  doc("zunionstore", {.summary = "Stores the members that any of several sorted sets has, with combined scores",
                      .since = "2.0.0",
                      .complexity = "O(N)+O(M log(M)), N being the members of all the sorted sets and M those stored",
                      .syntax = "destination#0 numkeys:integer key#1... [WEIGHTS weight:integer...] "
                                "[AGGREGATE aggregate:<SUM|MIN|MAX>]"});
  doc("zinter", {.summary = "Answers the members that several sorted sets have in common, with combined scores",
                 .since = "6.2.0",
                 .complexity = "O(N*K)+O(M*log(M)) at worst, N being the members of the smallest sorted set, K the "
                               "sorted sets and M the members answered",
                 .syntax = "numkeys:integer key... [WEIGHTS weight:integer...] "
                           "[AGGREGATE aggregate:<SUM|MIN|MAX>] [WITHSCORES]"});
  doc("zinterstore",
      {.summary = "Stores the members that several sorted sets have in common, with combined scores",
       .since = "2.0.0",
       .complexity = "O(N*K)+O(M*log(M)) at worst, N being the members of the smallest sorted set, K the "
                     "sorted sets and M the members stored",
       .syntax = "destination#0 numkeys:integer key#1... [WEIGHTS weight:integer...] "
                 "[AGGREGATE aggregate:<SUM|MIN|MAX>]"});
  doc("zintercard",
      {.summary = "Counts the members that several sorted sets have in common, up to a limit if wanted",
       .since = "7.0.0",
       .complexity = "O(N*K) at worst, N being the members of the smallest sorted set and K the sorted sets",
       .syntax = "numkeys:integer key... [LIMIT limit:integer]"});
  doc("zdiff", {.summary = "Answers the members of the first sorted set that none of the others has",
                .since = "6.2.0",
                .complexity = "O(L + (N-K)log(N)) at worst, L being the members of all the sorted sets, N those of the "
                              "first and K those answered",
                .syntax = "numkeys:integer key... [WITHSCORES]"});
  doc("zdiffstore",
      {.summary = "Stores the members of the first sorted set that none of the others has",
       .since = "6.2.0",
       .complexity = "O(L + (N-K)log(N)) at worst, L being the members of all the sorted sets, N those of the "
                     "first and K those stored",
       .syntax = "destination#0 numkeys:integer key#1..."});
  doc("zscan", {.summary = "Walks through the members of a sorted set in small steps, with a cursor that the caller "
                           "keeps",
                .since = "2.8.0",
                .complexity = "O(1) a call; O(N) for a whole walk, N being the members of the sorted set",
                .syntax = "key cursor:integer [MATCH pattern] [COUNT count:integer]"});
}

}  // namespace strata::db
