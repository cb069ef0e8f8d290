// Taking elements out of lists, for LPOP and its relatives and for serving clients that have waited for an element.
//
// `client` is who gets the answer and whose database is meant; it need not be the client whose command is running. A Ref
// names a list that is not empty; it is invalid afterwards. A list that becomes empty is removed. `key` must not be the
// entry's own copy of it.
#pragma once

#include <string_view>

#include "01_resp_server/commands/support.h"
#include "02_data_types/encodings/quicklist_node.h"

namespace strata::db {

// LEFT or RIGHT; answers the error itself and returns false for anything else.
bool read_list_end(resp::Client& client, std::string_view text, ListEnd* out);

// Answers the element at `end`.
void pop_element(resp::Client& client, std::string_view key, Ref ref, ListEnd end);
// Answers an array of `count` elements, or of all when there are fewer, in the order in which they leave.
void pop_elements(resp::Client& client, std::string_view key, Ref ref, ListEnd end, size_t count);

// What LMPOP and BLMPOP ask for.
struct MultiPop {
  resp::Args keys;
  ListEnd end = ListEnd::kHead;
  size_t count = 1;
};
// `args` from the number of keys on: numkeys key... LEFT|RIGHT [COUNT n]. Answers the error itself.
bool read_multi_pop(resp::Client& client, resp::Args args, MultiPop* out);
// Answers [key, elements] from one list; replayed as LPOP or RPOP with a count.
void multi_pop_from(resp::Client& client, std::string_view key, Ref ref, ListEnd end, size_t count);
// The same from the first of the keys that holds a list. False, without an answer, when none does; a key of another
// type is answered as an error.
bool multi_pop(resp::Client& client, const MultiPop& wanted);

// Moves one element from a list to an end of the list at `destination`, which is made when there is none, and answers
// it. False after an error: `destination` holds something else, nothing was moved.
bool move_element(resp::Client& client, std::string_view source, Ref ref, ListEnd from, std::string_view destination,
                  ListEnd to);

}  // namespace strata::db
