// In a forked child: gives up the pages of a value that has been written.
//
// As long as the child holds a page, the server's first write to it costs a copy. A page that the child has let go of is
// the server's alone again. Only large values have whole pages to themselves.
//
//   page     | ....value | value     | value     | value.... |
//   released               ^^^^^^^^^   ^^^^^^^^^
#pragma once

#include "01_resp_server/db/entry.h"

namespace strata::rdb {

// Whatever is released reads as zeros afterwards: nothing of the value may be used any more. Does nothing in the server
// itself, so that a SAVE in the foreground may pass this way, too.
void release_pages_of(const db::Entry& entry);

}  // namespace strata::rdb
