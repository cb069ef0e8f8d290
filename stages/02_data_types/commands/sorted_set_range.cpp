// ZRANGE and its older forms, each of which is ZRANGE with some of its options fixed; ZRANGESTORE.
#include <memory>
#include <optional>

#include "02_data_types/commands/sorted_set_commands.h"

namespace strata::resp {

namespace {

using db::EventClass;
using db::LexRange;
using db::Ranks;
using db::Ref;
using db::ScoreRange;
using db::SortedSetValue;
using db::ValueType;

enum class RangeBy : uint8_t { kRank, kScore, kLex };

// What a command says; what its name leaves open may be given as an option.
struct RangeQuery {
  std::optional<RangeBy> by = {};
  std::optional<bool> backward = {};
  bool with_scores = false;
  int64_t offset = 0;
  int64_t limit = -1;  // negative: all

  // The range itself, as `by` says.
  int64_t first = 0;
  int64_t last = 0;
  ScoreRange scores = {};
  LexRange members = {};

  Ranks in(const SortedSetValue& value) const {
    switch (*by) {
      case RangeBy::kScore:
        return value.in(scores).limited(offset, limit, *backward);
      case RangeBy::kLex:
        return value.in(members, *backward).limited(offset, limit, *backward);
      default:
        return Ranks::between(first, last, value.size(), *backward);
    }
  }
};

// [BYSCORE|BYLEX] [REV] [LIMIT offset count] [WITHSCORES], where the query leaves them open.
bool read_options(Client& client, Args options, bool may_have_scores, RangeQuery* query) {
  for (size_t i = 0; i < options.size(); i++) {
    std::string_view option = options[i];
    if (may_have_scores && equals_nocase(option, "WITHSCORES")) {
      query->with_scores = true;
    } else if (equals_nocase(option, "LIMIT") && i + 2 < options.size()) {
      if (!integer_argument(client, options[i + 1], &query->offset) ||
          !integer_argument(client, options[i + 2], &query->limit)) {
        return false;
      }
      i += 2;
    } else if (!query->backward && equals_nocase(option, "REV")) {
      query->backward = true;
    } else if (!query->by && equals_nocase(option, "BYLEX")) {
      query->by = RangeBy::kLex;
    } else if (!query->by && equals_nocase(option, "BYSCORE")) {
      query->by = RangeBy::kScore;
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
  }
  if (!query->backward) query->backward = false;
  if (!query->by) query->by = RangeBy::kRank;
  std::string_view error;
  if (query->limit != -1 && *query->by == RangeBy::kRank) {
    error = "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX";
  } else if (query->with_scores && *query->by == RangeBy::kLex) {
    error = "ERR syntax error, WITHSCORES not supported in combination with BYLEX";
  }
  if (error.empty()) return true;
  client.reply.error(error);
  return false;
}

bool read_bounds(Client& client, std::string_view from, std::string_view to, RangeQuery* query) {
  if (*query->by == RangeBy::kRank) {
    return integer_argument(client, from, &query->first) && integer_argument(client, to, &query->last);
  }
  if (*query->backward) std::swap(from, to);
  if (*query->by == RangeBy::kScore) {
    if (ScoreRange::parse(from, to, &query->scores)) return true;
    client.reply.error(kScoreRangeError);
  } else {
    if (LexRange::parse(from, to, &query->members)) return true;
    client.reply.error(kLexRangeError);
  }
  return false;
}

// key from to [option ...]
bool read_query(Client& client, Args args, bool may_have_scores, RangeQuery* query) {
  return read_options(client, args.subspan(3), may_have_scores, query) && read_bounds(client, args[1], args[2], query);
}

void reply_range(Client& client, Args args, RangeQuery query) {
  if (!read_query(client, args.subspan(1), true, &query)) return;
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  if (!ref) {
    client.reply.empty_array();
    return;
  }
  SortedSetValue value(*ref);
  Ranks ranks = query.in(value);
  MemberReply reply(client.reply, query.with_scores);
  reply.begin(ranks.size());
  value.each(ranks, *query.backward, [&](const db::Element& member, double score) { reply.add(member, score); });
}

// How many of the members, in the order of the query, Redis puts into a listpack before it goes over to a skip list: in
// a listpack -0 becomes 0, and stays 0 when it is converted.
size_t members_in_listpack(Client& client, const SortedSetValue& value, Ranks ranks, const RangeQuery& query) {
  const db::SortedSetLimits& limits = sorted_set_limits(client);
  auto most = static_cast<size_t>(limits.max_listpack_entries);
  auto longest = static_cast<size_t>(limits.max_listpack_value);
  if (*query.by == RangeBy::kRank && ranks.size() > most) return 0;
  size_t fitting = 0;
  value.each_while(ranks, *query.backward, [&](const db::Element& member, double) {
    db::Element::Digits digits;
    if (fitting == most || member.as_text(digits).size() > longest) return false;
    fitting++;
    return true;
  });
  return fitting;
}

}  // namespace

void zrange_command(Client& client, Args args) { reply_range(client, args, {}); }
void zrevrange_command(Client& client, Args args) {
  reply_range(client, args, {.by = RangeBy::kRank, .backward = true});
}
void zrangebyscore_command(Client& client, Args args) {
  reply_range(client, args, {.by = RangeBy::kScore, .backward = false});
}
void zrevrangebyscore_command(Client& client, Args args) {
  reply_range(client, args, {.by = RangeBy::kScore, .backward = true});
}
void zrangebylex_command(Client& client, Args args) {
  reply_range(client, args, {.by = RangeBy::kLex, .backward = false});
}
void zrevrangebylex_command(Client& client, Args args) {
  reply_range(client, args, {.by = RangeBy::kLex, .backward = true});
}

// ZRANGESTORE destination source from to [option ...]
void zrangestore_command(Client& client, Args args) {
  RangeQuery query;
  if (!read_query(client, args.subspan(2), false, &query)) return;
  Ref ref = database_of(client).read(args[2]);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  auto result = std::make_unique<db::RankedTable>();
  if (ref) {
    SortedSetValue value(*ref);
    Ranks ranks = query.in(value);
    size_t unsigned_zeros = members_in_listpack(client, value, ranks, query);
    size_t left = ranks.size();
    value.each(ranks, true, [&](const db::Element& member, double score) {
      left--;
      size_t position = *query.backward ? ranks.size() - 1 - left : left;
      db::Element::Digits digits;
      result->insert_first(position < unsigned_zeros ? score + 0.0 : score, member.as_text(digits));
    });
  }
  store_sorted_set(client, args[1], std::move(result), "zrangestore");
}

void store_sorted_set(Client& client, std::string_view key, std::unique_ptr<db::RankedTable> result,
                      std::string_view event, uint64_t changes) {
  auto& database = database_of(client);
  auto& keyspace = keyspace_of(client);
  size_t size = result->size();
  if (size > 0) {
    db::Entry::Shape shape = SortedSetValue::shape_of(std::move(result), sorted_set_limits(client));
    shape.key = key;
    if (Ref old = database.write(key)) {
      database.replace(old, shape);
    } else {
      database.add(shape);
    }
    keyspace.changed(database, key, event, EventClass::kSortedSet, changes);
  } else if (database.remove(key)) {
    keyspace.changed(database, key, "del", EventClass::kGeneric);
  }
  client.reply.integer(static_cast<int64_t>(size));
}

}  // namespace strata::resp
