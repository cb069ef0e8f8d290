// Documentation of SORT, which belongs to the commands on keys of any type.
#include "02_data_types/commands/docs/docs.h"

namespace strata::db {

void document_sort_commands(resp::CommandTable& commands) {
  const resp::DocGroup doc(commands, "generic");

  doc("sort", {.summary = "Sorts the elements of a list, set or sorted set, by other keys if wanted, and stores the "
                          "result if wanted",
               .since = "1.0.0",
               .complexity = "O(N+M*log(M)), N being the elements and M those answered; O(N) when nothing is to be "
                             "sorted",
               .syntax = "key [BY pattern:pattern#1] [LIMIT {offset:integer count:integer}] "
                         "[GET pattern:pattern#1]... [order:<ASC|DESC>] [sorting=ALPHA] [STORE destination#2]"});
  doc("sort_ro", {.summary = "Sorts the elements of a list, set or sorted set, by other keys if wanted",
                  .since = "7.0.0",
                  .complexity = "O(N+M*log(M)), N being the elements and M those answered; O(N) when nothing is to be "
                                "sorted",
                  .syntax = "key [BY pattern:pattern#1] [LIMIT {offset:integer count:integer}] "
                            "[GET pattern:pattern#1]... [order:<ASC|DESC>] [sorting=ALPHA]"});
}

}  // namespace strata::db
