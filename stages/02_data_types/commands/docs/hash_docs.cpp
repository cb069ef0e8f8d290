// Documentation of the hash commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_hash_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "hash");

  doc("hset", {.summary = "Sets fields of a hash, which is created where missing",
               .since = "2.0.0",
               .complexity = "O(1) for each field",
               .syntax = "key {field value}...",
               .history = {{"4.0.0", "Several fields in one call"}}});
  doc("hmset", {.summary = "Sets fields of a hash and answers OK",
                .since = "2.0.0",
                .complexity = "O(N), N being the fields set",
                .syntax = "key {field value}...",
                .deprecated_since = "4.0.0",
                .replaced_by = "`HSET` with multiple field-value pairs"});
  doc("hsetnx", {.summary = "Sets a field of a hash that is not there yet",
                 .since = "2.0.0",
                 .complexity = "O(1)",
                 .syntax = "key field value"});
  doc("hget",
      {.summary = "Answers the value of a field", .since = "2.0.0", .complexity = "O(1)", .syntax = "key field"});
  doc("hmget", {.summary = "Answers the values of several fields",
                .since = "2.0.0",
                .complexity = "O(N), N being the fields asked for",
                .syntax = "key field..."});
  doc("hgetall", {.summary = "Answers all fields of a hash with their values",
                  .since = "2.0.0",
                  .complexity = "O(N), N being the fields of the hash",
                  .syntax = "key"});
  doc("hdel", {.summary = "Removes fields; a hash without fields is gone",
               .since = "2.0.0",
               .complexity = "O(N), N being the fields to remove",
               .syntax = "key field...",
               .history = {{"2.4.0", "Several fields in one call"}}});
  doc("hlen",
      {.summary = "Answers how many fields a hash has", .since = "2.0.0", .complexity = "O(1)", .syntax = "key"});
  doc("hstrlen", {.summary = "Answers the length of the value of a field in bytes",
                  .since = "3.2.0",
                  .complexity = "O(1)",
                  .syntax = "key field"});
  doc("hexists",
      {.summary = "Tells whether a hash has a field", .since = "2.0.0", .complexity = "O(1)", .syntax = "key field"});
  doc("hkeys", {.summary = "Answers all fields of a hash",
                .since = "2.0.0",
                .complexity = "O(N), N being the fields of the hash",
                .syntax = "key"});
  doc("hvals", {.summary = "Answers the values of all fields of a hash",
                .since = "2.0.0",
                .complexity = "O(N), N being the fields of the hash",
                .syntax = "key"});
  doc("hincrby", {.summary = "Adds a whole number to the number in a field",
                  .since = "2.0.0",
                  .complexity = "O(1)",
                  .syntax = "key field increment:integer"});
  doc("hincrbyfloat", {.summary = "Adds a decimal number to the number in a field",
                       .since = "2.6.0",
                       .complexity = "O(1)",
                       .syntax = "key field increment:double"});
  doc("hrandfield", {.summary = "Answers fields of a hash chosen by chance, with their values if wanted",
                     .since = "6.2.0",
                     .complexity = "O(N), N being the fields answered",
                     .syntax = "key [options:{count:integer [WITHVALUES]}]"});
  doc("hscan", {.summary = "Walks through the fields of a hash in small steps, with a cursor that the caller keeps",
                .since = "2.8.0",
                .complexity = "O(1) a call; O(N) for a whole walk, N being the fields of the hash",
                .syntax = "key cursor:integer [MATCH pattern] [COUNT count:integer]"});
}

}  // namespace strata::db
