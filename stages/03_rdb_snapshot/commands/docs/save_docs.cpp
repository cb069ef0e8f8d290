// Documentation of the commands that take snapshots.
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/families.h"

namespace strata::rdb {

void document_save_commands(Server& server) {
  const resp::DocGroup doc(server.commands, "server");

  doc("save", {.summary = "Writes a snapshot of all data to disk, while everybody waits",
               .since = "1.0.0",
               .complexity = "O(N), N being the keys of all databases"});
  doc("bgsave", {.summary = "Lets a child write a snapshot of all data to disk",
                 .since = "1.0.0",
                 .complexity = "O(1)",
                 .syntax = "[SCHEDULE@3.2.2]",
                 .history = {{"3.2.2", "SCHEDULE"}}});
  doc("lastsave", {.summary = "Answers when the last snapshot succeeded, in seconds of Unix time",
                   .since = "1.0.0",
                   .complexity = "O(1)"});
}

}  // namespace strata::rdb
