// Commands that look members up, count them or walk over them in steps.
#include <string>
#include <vector>

#include "01_resp_server/commands/scan_support.h"
#include "02_data_types/commands/sorted_set_commands.h"
#include "common/glob.h"

namespace strata::resp {

namespace {

using db::Element;
using db::LexRange;
using db::Ref;
using db::ScoreRange;
using db::SortedSetValue;
using db::ValueType;

// The sorted set at a key for a reader; empty, after the error, when the key holds something else.
struct Found {
  Ref ref;
  bool right_type;
};
// [task 2.4] Look up a sorted set for a reader.
Found find(Client& client, std::string_view key) {
  Ref ref = database_of(client).read(key);
  return {ref, of_type(client, ref, ValueType::kSortedSet)};
}

void reply_rank(Client& client, Args args, bool from_highest) {
  auto [ref, right_type] = find(client, args[1]);
  if (!right_type) return;
  auto rank = ref ? SortedSetValue(*ref).rank(args[2]) : std::nullopt;
  if (!rank) {
    client.reply.null();
    return;
  }
  client.reply.integer(static_cast<int64_t>(from_highest ? SortedSetValue(*ref).size() - 1 - *rank : *rank));
}

template <class Range>
void reply_count(Client& client, Args args, std::string_view error) {
  Range range;
  if (!Range::parse(args[2], args[3], &range)) {
    client.reply.error(error);
    return;
  }
  auto [ref, right_type] = find(client, args[1]);
  if (right_type) client.reply.integer(ref ? static_cast<int64_t>(SortedSetValue(*ref).in(range).size()) : 0);
}

}  // namespace

void zcard_command(Client& client, Args args) {
  auto [ref, right_type] = find(client, args[1]);
  if (right_type) client.reply.integer(ref ? static_cast<int64_t>(SortedSetValue(*ref).size()) : 0);
}

void zscore_command(Client& client, Args args) {
  auto [ref, right_type] = find(client, args[1]);
  if (!right_type) return;
  auto score = ref ? SortedSetValue(*ref).score(args[2]) : std::nullopt;
  if (score) {
    client.reply.real(*score);
  } else {
    client.reply.null();
  }
}

void zmscore_command(Client& client, Args args) {
  auto [ref, right_type] = find(client, args[1]);
  if (!right_type) return;
  Args members = args.subspan(2);
  client.reply.array(members.size());
  for (std::string_view member : members) {
    auto score = ref ? SortedSetValue(*ref).score(member) : std::nullopt;
    if (score) {
      client.reply.real(*score);
    } else {
      client.reply.null();
    }
  }
}

void zrank_command(Client& client, Args args) { reply_rank(client, args, false); }
void zrevrank_command(Client& client, Args args) { reply_rank(client, args, true); }

void zcount_command(Client& client, Args args) { reply_count<ScoreRange>(client, args, kScoreRangeError); }
void zlexcount_command(Client& client, Args args) { reply_count<LexRange>(client, args, kLexRangeError); }

// ZSCAN key cursor [MATCH pattern] [COUNT count]
void zscan_command(Client& client, Args args) {
  uint64_t cursor = 0;
  if (!read_cursor(client, args[2], &cursor)) return;
  auto [ref, right_type] = find(client, args[1]);
  if (!right_type) return;
  Reply& reply = client.reply;
  if (!ref) {
    reply.array(2);
    reply.bulk("0");
    reply.empty_array();
    return;
  }
  ScanOptions options;
  if (!read_scan_options(client, args, 3, false, &options)) return;
  SortedSetValue value(*ref);
  // What is found stays where it is until it is answered: nothing changes in between.
  struct Pair {
    Element member;
    double score;
  };
  std::vector<Pair> found;
  int64_t wanted = options.count;
  do {
    cursor = value.scan(cursor, [&](const Element& member, double score) {
      wanted--;
      Element::Digits digits;
      if (options.match_all || glob_match(options.pattern, member.as_text(digits))) found.push_back({member, score});
    });
  } while (cursor != 0 && wanted > 0);
  reply.array(2);
  reply.bulk(std::to_string(cursor));
  reply.array(found.size() * 2);
  bool as_kept = value.is_listpack();  // whole scores are text without an exponent there, however large
  for (const Pair& pair : found) {
    reply_element(reply, pair.member);
    auto whole = as_kept ? db::ScoredListpack::whole_score(pair.score) : std::nullopt;
    if (whole) {
      reply.bulk_integer(*whole);
    } else {
      char digits[kDoubleChars];
      reply.bulk({digits, format_double(digits, pair.score)});
    }
  }
}

}  // namespace strata::resp
