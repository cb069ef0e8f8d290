// List commands that only read: LLEN LINDEX LRANGE LPOS.
#include <limits>

#include "02_data_types/commands/list_commands.h"
#include "02_data_types/values/element_matcher.h"

namespace strata::db {

namespace {

using namespace resp;

void llen_command(Client& client, Args args) {
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  client.reply.integer(ref ? static_cast<int64_t>(list_of(*ref).size()) : 0);
}

// LINDEX key index
void lindex_command(Client& client, Args args) {
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  int64_t index = 0;
  if (ref && !integer_argument(client, args[2], &index)) return;
  NodeReader reader;
  Element element;
  if (ref && list_of(*ref).at(index, reader, &element)) {
    reply_element(client.reply, element);
  } else {
    client.reply.null();
  }
}

// LRANGE key start stop
void lrange_command(Client& client, Args args) {
  int64_t start = 0;
  int64_t stop = 0;
  if (!integer_argument(client, args[2], &start) || !integer_argument(client, args[3], &stop)) return;
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  if (!ref) {
    client.reply.empty_array();
    return;
  }
  const QuickList& list = list_of(*ref);
  const ListRange range = ListRange::between(start, stop, list.size());
  client.reply.array(range.count);
  list.visit(ListEnd::kHead, range.first, range.count,
             [&reply = client.reply](const Element& element) { reply_element(reply, element); });
}

// --- LPOS ---

struct Search {
  int64_t rank = 1;    // the first match that is told, counted from the head; below zero from the tail
  int64_t count = -1;  // matches to tell, 0: all; -1: one, not in an array
  int64_t maxlen = 0;  // elements to look at, 0: all
};

// Answers the error itself and returns false.
// [task 2.3] Read the options of LPOS.
bool read_search(Client& client, Args args, Search* out) {
  auto not_negative = [&client](std::string_view text, int64_t* value, std::string_view error) {
    if (!integer_argument(client, text, value, error)) return false;
    if (*value < 0) client.reply.error(error);
    return *value >= 0;
  };
  for (size_t i = 3; i < args.size(); i += 2) {
    const bool has_value = i + 1 < args.size();
    if (has_value && equals_nocase(args[i], "rank")) {
      if (!integer_argument(client, args[i + 1], &out->rank)) return false;
      if (out->rank == 0) {
        client.reply.error(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to "
            "start from the end of the list");
        return false;
      }
    } else if (has_value && equals_nocase(args[i], "count")) {
      if (!not_negative(args[i + 1], &out->count, "ERR COUNT can't be negative")) return false;
    } else if (has_value && equals_nocase(args[i], "maxlen")) {
      if (!not_negative(args[i + 1], &out->maxlen, "ERR MAXLEN can't be negative")) return false;
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
  }
  return true;
}

// Shows the index of every match that `search` asks for to found(index).
template <class Found>
void find_matches(const QuickList& list, std::string_view text, const Search& search, Found found) {
  const bool backward = search.rank < 0;
  const auto size = static_cast<int64_t>(list.size());
  const int64_t to_tell = search.count == -1 ? 1 : search.count;
  int64_t to_skip = search.rank;  // the lowest number has no opposite, and skips nothing, as in Redis
  if (backward && to_skip != std::numeric_limits<int64_t>::min()) to_skip = -to_skip;
  ElementMatcher matches(text);
  int64_t seen = 0;
  int64_t told = 0;
  list.visit(backward ? ListEnd::kTail : ListEnd::kHead, 0,
             search.maxlen == 0 ? list.size() : static_cast<size_t>(search.maxlen), [&](const Element& element) {
               int64_t index = backward ? size - 1 - seen : seen;
               seen++;
               if (!matches(element)) return true;
               if (to_skip > 1) {
                 to_skip--;
                 return true;
               }
               found(index);
               return ++told != to_tell;
             });
}

// LPOS key element [RANK rank] [COUNT count] [MAXLEN maxlen]
void lpos_command(Client& client, Args args) {
  Search search;
  if (!read_search(client, args, &search)) return;
  const bool as_array = search.count != -1;
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  if (!ref) {
    as_array ? client.reply.empty_array() : client.reply.null();
    return;
  }
  const QuickList& list = list_of(*ref);
  if (as_array) {
    size_t n = 0;
    Chunk* gap = client.reply.open();
    find_matches(list, args[2], search, [&](int64_t index) {
      client.reply.integer(index);
      n++;
    });
    client.reply.close_array(gap, n);
  } else {
    int64_t position = -1;
    find_matches(list, args[2], search, [&](int64_t index) { position = index; });
    position < 0 ? client.reply.null() : client.reply.integer(position);
  }
}

}  // namespace

void install_list_readers(Server& server) {
  auto& commands = server.commands;
  const KeySpec read = key_at(1, kKeyRO | kKeyAccess);
  commands.add(
      {.name = "llen", .arity = 2, .flags = kReadOnly | kFast, .keys = {key_at(1, kKeyRO)}, .run = llen_command});
  commands.add({.name = "lindex", .arity = 3, .flags = kReadOnly, .keys = {read}, .run = lindex_command});
  commands.add({.name = "lrange", .arity = 4, .flags = kReadOnly, .keys = {read}, .run = lrange_command});
  commands.add({.name = "lpos", .arity = -3, .flags = kReadOnly, .keys = {read}, .run = lpos_command});
}

}  // namespace strata::db
