#include "02_data_types/commands/list_pop.h"

#include <algorithm>
#include <string>

#include "02_data_types/commands/list_commands.h"

namespace strata::db {

using namespace resp;

namespace {

constexpr std::string_view pop_event(ListEnd end) { return end == ListEnd::kHead ? "lpop" : "rpop"; }
constexpr std::string_view push_event(ListEnd end) { return end == ListEnd::kHead ? "lpush" : "rpush"; }

}  // namespace

void tell_removed(Client& client, std::string_view key, Ref ref, std::string_view event, size_t n) {
  Keyspace& keyspace = keyspace_of(client);
  Database& database = keyspace.db(client.db);
  keyspace.changed(database, key, event, EventClass::kList, n);
  if (!list_of(*ref).empty()) return;
  database.remove(ref);
  keyspace.notice(database, key, "del", EventClass::kGeneric);
}

// [task 2.3] Read LEFT or RIGHT.
bool read_list_end(Client& client, std::string_view text, ListEnd* out) {
  if (equals_nocase(text, "left")) {
    *out = ListEnd::kHead;
  } else if (equals_nocase(text, "right")) {
    *out = ListEnd::kTail;
  } else {
    client.reply.error(kSyntaxError);
    return false;
  }
  return true;
}

void pop_element(Client& client, std::string_view key, Ref ref, ListEnd end) {
  QuickList& list = list_of(*ref);
  reply_element(client.reply, list.peek(end));
  list.pop(end);
  tell_removed(client, key, ref, pop_event(end), 1);
}

void pop_elements(Client& client, std::string_view key, Ref ref, ListEnd end, size_t count) {
  QuickList& list = list_of(*ref);
  count = std::min(count, list.size());
  client.reply.array(count);
  list.visit(end, 0, count, [&](const Element& element) { reply_element(client.reply, element); });
  list.erase(end == ListEnd::kHead ? 0 : list.size() - count, count);
  tell_removed(client, key, ref, pop_event(end), count);
}

// --- LMPOP ---

// [task 2.3] Read the arguments of LMPOP.
bool read_multi_pop(Client& client, Args args, MultiPop* out) {
  constexpr std::string_view kNumKeys = "ERR numkeys should be greater than 0";
  constexpr std::string_view kCount = "ERR count should be greater than 0";
  int64_t keys = 0;
  if (!integer_argument(client, args[0], &keys, kNumKeys)) return false;
  if (keys <= 0) {
    client.reply.error(kNumKeys);
    return false;
  }
  if (static_cast<uint64_t>(keys) + 1 >= args.size()) {
    client.reply.error(kSyntaxError);
    return false;
  }
  out->keys = args.subspan(1, static_cast<size_t>(keys));
  Args rest = args.subspan(static_cast<size_t>(keys) + 1);
  if (!read_list_end(client, rest[0], &out->end)) return false;
  if (rest.size() == 1) return true;
  if (rest.size() == 2 || !equals_nocase(rest[1], "count")) {
    client.reply.error(kSyntaxError);
    return false;
  }
  int64_t count = 0;
  if (!integer_argument(client, rest[2], &count, kCount)) return false;
  if (count <= 0) {
    client.reply.error(kCount);
    return false;
  }
  if (rest.size() > 3) {
    client.reply.error(kSyntaxError);
    return false;
  }
  out->count = static_cast<size_t>(count);
  return true;
}

void multi_pop_from(Client& client, std::string_view key, Ref ref, ListEnd end, size_t count) {
  count = std::min(count, list_of(*ref).size());
  client.reply.array(2);
  client.reply.bulk(key);
  pop_elements(client, key, ref, end, count);
  WriteEffects& effects = keyspace_of(client).effects;
  if (effects.wanted) {
    effects.replay_as({end == ListEnd::kHead ? "LPOP" : "RPOP", std::string(key), std::to_string(count)});
  }
}

bool multi_pop(Client& client, const MultiPop& wanted) {
  Database& database = database_of(client);
  for (std::string_view key : wanted.keys) {
    Ref ref = database.write(key);
    if (!ref) continue;
    if (of_type(client, ref, ValueType::kList)) multi_pop_from(client, key, ref, wanted.end, wanted.count);
    return true;
  }
  return false;
}

// --- LMOVE ---

// [task 2.3] Move an element from one list to another, or around the same one.
bool move_element(Client& client, std::string_view source, Ref ref, ListEnd from, std::string_view destination,
                  ListEnd to) {
  Keyspace& keyspace = keyspace_of(client);
  Database& database = keyspace.db(client.db);
  Ref target = database.write(destination);
  if (!of_type(client, target, ValueType::kList)) return false;
  QuickList& list = list_of(*ref);
  if (!target) {
    target = database.add(empty_list(destination, client.server.get<ListLimits>()));
    ref = database.peek(source);  // the new key may have moved it
  }
  Element element = list.peek(from);
  reply_element(client.reply, element);
  Element::Digits digits;
  std::string_view text = element.as_text(digits);
  if (source == destination) {
    std::string copy(text);  // the list's own bytes move
    list.pop(from);
    list.push(to, copy);
  } else {
    list_of(*target).push(to, text);
    list.pop(from);
  }
  keyspace.changed(database, destination, push_event(to), EventClass::kList, 0);
  tell_removed(client, source, ref, pop_event(from), 1);
  return true;
}

}  // namespace strata::db
