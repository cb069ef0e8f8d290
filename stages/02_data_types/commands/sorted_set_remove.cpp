// Commands that take members out: by name, rank, score, or as a stretch of members.
#include "02_data_types/commands/sorted_set_commands.h"

namespace strata::resp {

using db::Database;
using db::EventClass;
using db::LexRange;
using db::Ranks;
using db::Ref;
using db::ScoreRange;
using db::SortedSetValue;
using db::ValueType;

void members_removed(Database& database, Ref ref, std::string_view key, std::string_view event, size_t removed,
                     bool emptied) {
  auto& keyspace = database.keyspace();
  if (emptied) database.remove(ref);
  keyspace.changed(database, key, event, EventClass::kSortedSet, removed);
  if (emptied) keyspace.notice(database, key, "del", EventClass::kGeneric);
}

void remove_members(Database& database, Ref ref, std::string_view key, std::string_view event, Ranks ranks) {
  SortedSetValue value(*ref);
  bool all = ranks.size() == value.size();
  if (!all) value.remove(ranks);
  members_removed(database, ref, key, event, ranks.size(), all);
}

// [task 2.4] Remove members, and the key with the last of them.
void zrem_command(Client& client, Args args) {
  Ref ref = database_of(client).write(args[1]);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  size_t removed = 0;
  if (ref) {
    SortedSetValue value(*ref);
    for (std::string_view member : args.subspan(2)) {
      removed += value.remove(member);
      if (value.size() == 0) break;
    }
    if (removed > 0) members_removed(database_of(client), ref, args[1], "zrem", removed, value.size() == 0);
  }
  client.reply.integer(static_cast<int64_t>(removed));
}

namespace {

// Removes what select(value) names.
template <class Select>
void remove_range(Client& client, std::string_view key, std::string_view event, Select select) {
  Ref ref = database_of(client).write(key);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  size_t removed = 0;
  if (ref) {
    Ranks ranks = select(SortedSetValue(*ref));
    removed = ranks.size();
    if (removed > 0) remove_members(database_of(client), ref, key, event, ranks);
  }
  client.reply.integer(static_cast<int64_t>(removed));
}

template <class Range>
void remove_range(Client& client, Args args, std::string_view event, std::string_view error) {
  Range range;
  if (!Range::parse(args[2], args[3], &range)) {
    client.reply.error(error);
    return;
  }
  remove_range(client, args[1], event, [&](const SortedSetValue& value) { return value.in(range); });
}

}  // namespace

void zremrangebyrank_command(Client& client, Args args) {
  int64_t first = 0;
  int64_t last = 0;
  if (!integer_argument(client, args[2], &first) || !integer_argument(client, args[3], &last)) return;
  remove_range(client, args[1], "zremrangebyrank",
               [&](const SortedSetValue& value) { return Ranks::between(first, last, value.size(), false); });
}

void zremrangebyscore_command(Client& client, Args args) {
  remove_range<ScoreRange>(client, args, "zremrangebyscore", kScoreRangeError);
}

void zremrangebylex_command(Client& client, Args args) {
  remove_range<LexRange>(client, args, "zremrangebylex", kLexRangeError);
}

}  // namespace strata::resp
