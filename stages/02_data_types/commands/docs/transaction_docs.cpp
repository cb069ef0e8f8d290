// Documentation of the transaction commands.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_transaction_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "transactions");

  doc("multi", {.summary = "Starts a transaction: the commands that follow are kept until EXEC",
                .since = "1.2.0",
                .complexity = "O(1)"});
  doc("exec", {.summary = "Runs the commands of a transaction one after the other, nothing in between",
               .since = "1.2.0",
               .complexity = "What its commands cost"});
  doc("discard", {.summary = "Ends a transaction and forgets its commands",
                  .since = "2.0.0",
                  .complexity = "O(N), N being the commands kept"});
  doc("watch", {.summary = "Lets the next EXEC do nothing if one of the keys changes before it",
                .since = "2.2.0",
                .complexity = "O(1) for each key",
                .syntax = "key..."});
  doc("unwatch", {.summary = "Forgets the keys that are watched", .since = "2.2.0", .complexity = "O(1)"});
}

}  // namespace strata::db
