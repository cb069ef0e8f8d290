// The handlers of the sorted set commands, by file, and what they share.
#pragma once

#include <memory>
#include <string_view>

#include "01_resp_server/commands/support.h"
#include "02_data_types/values/sorted_set_value.h"

namespace strata::resp {

inline constexpr std::string_view kScoreRangeError = "ERR min or max is not a float";
inline constexpr std::string_view kLexRangeError = "ERR min or max not valid string range item";

inline const db::SortedSetLimits& sorted_set_limits(Client& client) { return client.server.get<db::SortedSetLimits>(); }

// Removes these members, at least one, and tells. Whoever takes the last ones removes the key.
void remove_members(db::Database& database, db::Ref ref, std::string_view key, std::string_view event, db::Ranks ranks);
// Tells of members that were removed; `emptied`: the key goes with them.
void members_removed(db::Database& database, db::Ref ref, std::string_view key, std::string_view event, size_t removed,
                     bool emptied);

// Answers members with or without their scores: pairs in RESP3, one after the other in RESP2.
class MemberReply {
 public:
  MemberReply(Reply& reply, bool with_scores) : reply_(reply), with_scores_(with_scores) {}
  void begin(size_t members) { reply_.array(with_scores_ && !reply_.resp3() ? members * 2 : members); }
  void add(const db::Element& member, double score) {
    if (with_scores_ && reply_.resp3()) reply_.array(2);
    reply_element(reply_, member);
    if (with_scores_) reply_.real(score);
  }

 private:
  Reply& reply_;
  bool with_scores_;
};

// Stores a computed sorted set under `key`, whatever was there, and answers its size; an empty one removes the key.
void store_sorted_set(Client& client, std::string_view key, std::unique_ptr<db::RankedTable> result,
                      std::string_view event, uint64_t changes = 1);

// sorted_set_add.cpp
void zadd_command(Client& client, Args args);
void zincrby_command(Client& client, Args args);

// sorted_set_look.cpp
void zcard_command(Client& client, Args args);
void zscore_command(Client& client, Args args);
void zmscore_command(Client& client, Args args);
void zrank_command(Client& client, Args args);
void zrevrank_command(Client& client, Args args);
void zcount_command(Client& client, Args args);
void zlexcount_command(Client& client, Args args);
void zscan_command(Client& client, Args args);

// sorted_set_range.cpp
void zrange_command(Client& client, Args args);
void zrangestore_command(Client& client, Args args);
void zrangebyscore_command(Client& client, Args args);
void zrangebylex_command(Client& client, Args args);
void zrevrange_command(Client& client, Args args);
void zrevrangebyscore_command(Client& client, Args args);
void zrevrangebylex_command(Client& client, Args args);

// sorted_set_remove.cpp
void zrem_command(Client& client, Args args);
void zremrangebyrank_command(Client& client, Args args);
void zremrangebyscore_command(Client& client, Args args);
void zremrangebylex_command(Client& client, Args args);

// sorted_set_pop.cpp
void zpopmin_command(Client& client, Args args);
void zpopmax_command(Client& client, Args args);
void zmpop_command(Client& client, Args args);

// sorted_set_random.cpp
void zrandmember_command(Client& client, Args args);

// sorted_set_combine.cpp
void zunion_command(Client& client, Args args);
void zinter_command(Client& client, Args args);
void zdiff_command(Client& client, Args args);
void zintercard_command(Client& client, Args args);
void zunionstore_command(Client& client, Args args);
void zinterstore_command(Client& client, Args args);
void zdiffstore_command(Client& client, Args args);

}  // namespace strata::resp
