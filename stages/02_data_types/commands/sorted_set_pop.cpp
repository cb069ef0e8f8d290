#include "02_data_types/commands/sorted_set_pop.h"

#include <algorithm>
#include <string>

#include "02_data_types/commands/sorted_set_commands.h"

namespace strata::resp {

using db::Database;
using db::Ranks;
using db::Ref;
using db::SortedSetValue;
using db::ValueType;

void pop_members(Client& to, Database& database, Ref ref, std::string_view key, PopEnd end, size_t count,
                 PopReply form) {
  SortedSetValue value(*ref);
  bool highest = end == PopEnd::kHighest;
  size_t size = value.size();
  size_t n = std::min(count, size);
  Ranks ranks = highest ? Ranks{size - n, size} : Ranks{0, n};

  Reply& reply = to.reply;
  bool pairs = form == PopReply::kPairs || form == PopReply::kKeyPairs;
  bool with_key = form == PopReply::kKeyFlat || form == PopReply::kKeyPairs;
  if (with_key) {
    reply.array(form == PopReply::kKeyPairs ? 2 : 1 + 2 * n);
    reply.bulk(key);
  }
  if (form != PopReply::kKeyFlat) reply.array(pairs ? n : 2 * n);
  value.each(ranks, highest, [&](const db::Element& member, double score) {
    if (pairs) reply.array(2);
    reply_element(reply, member);
    reply.real(score);
  });

  std::string_view event = highest ? "zpopmax" : "zpopmin";
  remove_members(database, ref, key, event, ranks);
  auto& effects = database.keyspace().effects;
  if (with_key && effects.wanted) {
    std::vector<std::string> command = {highest ? "ZPOPMAX" : "ZPOPMIN", std::string(key)};
    if (form == PopReply::kKeyPairs) command.push_back(std::to_string(n));
    effects.replay_as(std::move(command));
  }
}

// [task 2.4] Read the arguments of ZMPOP.
bool read_multi_pop(Client& client, Args args, size_t at, MultiPop* out) {
  int64_t keys = 0;
  if (!parse_int64(args[at], &keys) || keys < 1) {
    client.reply.error("ERR numkeys should be greater than 0");
    return false;
  }
  auto fail = [&client](std::string_view error) {
    client.reply.error(error);
    return false;
  };
  Args rest = args.subspan(at + 1);
  if (static_cast<uint64_t>(keys) >= rest.size()) return fail(kSyntaxError);
  out->keys = rest.first(static_cast<size_t>(keys));
  rest = rest.subspan(out->keys.size());
  if (!equals_nocase(rest[0], "MIN") && !equals_nocase(rest[0], "MAX")) return fail(kSyntaxError);
  out->end = equals_nocase(rest[0], "MIN") ? PopEnd::kLowest : PopEnd::kHighest;
  if (rest.size() == 1) return true;
  if (rest.size() < 3 || !equals_nocase(rest[1], "COUNT")) return fail(kSyntaxError);
  int64_t count = 0;
  if (!parse_int64(rest[2], &count) || count < 1) return fail("ERR count should be greater than 0");
  out->count = static_cast<size_t>(count);
  return rest.size() == 3 || fail(kSyntaxError);
}

bool first_sorted_set(Client& client, Args keys, std::string_view* key, Ref* ref) {
  for (std::string_view each : keys) {
    *ref = database_of(client).write(each);
    if (!*ref) continue;
    *key = each;
    return of_type(client, *ref, ValueType::kSortedSet);
  }
  return true;
}

namespace {

// ZPOPMIN key [count]
// [task 2.4] Pop the lowest or the highest members.
void pop_command(Client& client, Args args, PopEnd end) {
  if (args.size() > 3) {
    client.reply.error(kSyntaxError);
    return;
  }
  int64_t count = 1;
  if (args.size() == 3) {
    if (!parse_int64(args[2], &count) || count < 0) {
      client.reply.error("ERR value is out of range, must be positive");
      return;
    }
  }
  Ref ref = database_of(client).write(args[1]);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  if (!ref || count == 0) {
    client.reply.empty_array();
    return;
  }
  bool pairs = args.size() == 3 && client.reply.resp3();
  pop_members(client, database_of(client), ref, args[1], end, static_cast<size_t>(count),
              pairs ? PopReply::kPairs : PopReply::kFlat);
}

}  // namespace

void zpopmin_command(Client& client, Args args) { pop_command(client, args, PopEnd::kLowest); }
void zpopmax_command(Client& client, Args args) { pop_command(client, args, PopEnd::kHighest); }

void zmpop_command(Client& client, Args args) {
  MultiPop pop;
  std::string_view key;
  Ref ref;
  if (!read_multi_pop(client, args, 1, &pop) || !first_sorted_set(client, pop.keys, &key, &ref)) return;
  if (!ref) {
    client.reply.null_array();
    return;
  }
  pop_members(client, database_of(client), ref, key, pop.end, pop.count, PopReply::kKeyPairs);
}

}  // namespace strata::resp
