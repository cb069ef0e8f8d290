// ZRANDMEMBER: members drawn by chance, with or without repetition.
#include <unordered_set>
#include <vector>

#include "02_data_types/commands/sorted_set_commands.h"

namespace strata::resp {

namespace {

using db::Element;
using db::Ref;
using db::SkipListNode;
using db::SortedSetValue;
using db::ValueType;

struct Pair {
  Element member;
  double score;
};

Pair pair_of(const SkipListNode* node) { return {Element::of(node->member()), node->score()}; }

// visit(member, score) `n` times, each time one of all.
template <class Visit>
void draw_with_repetition(const SortedSetValue& value, Random& random, uint64_t n, Visit visit) {
  std::vector<Pair> small;  // the walk to a member of a listpack is not for free
  if (value.is_listpack()) {
    value.each(value.all(), false, [&](const Element& member, double score) { small.push_back({member, score}); });
  }
  for (; n > 0; n--) {
    Pair drawn = small.empty() ? pair_of(value.table().index().random(random)) : small[random.below(small.size())];
    visit(drawn.member, drawn.score);
  }
}

// visit(member, score) for `n` different members; n must not be more than there are.
template <class Visit>
void draw_without_repetition(const SortedSetValue& value, Random& random, size_t n, Visit visit) {
  size_t size = value.size();
  if (!value.is_listpack() && n < size / 3) {
    std::unordered_set<const SkipListNode*> drawn;
    while (drawn.size() < n) {
      const SkipListNode* node = value.table().index().random(random);
      if (drawn.insert(node).second) visit(Element::of(node->member()), node->score());
    }
    return;
  }
  // Selection sampling (D. Knuth, The Art of Computer Programming, volume 2, 3.4.2, algorithm S): each is taken with
  // the chance that the rest still needs. From the highest down, as Redis answers when all are asked for.
  value.each(value.all(), true, [&](const Element& member, double score) {
    if (random.below(size--) >= n) return;
    visit(member, score);
    n--;
  });
}

}  // namespace

// ZRANDMEMBER key [count [WITHSCORES]]
// [task 2.4] Answer members that chance chooses, all different or not.
void zrandmember_command(Client& client, Args args) {
  bool with_scores = args.size() == 4;
  int64_t count = 1;
  if (args.size() > 2) {
    if (!integer_argument(client, args[2], &count)) return;
    std::string_view error;
    if (count == INT64_MIN) {
      error = "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807";
    } else if (args.size() > 4 || (with_scores && !equals_nocase(args[3], "WITHSCORES"))) {
      error = kSyntaxError;
    } else if (with_scores && (count < -INT64_MAX / 2 || count > INT64_MAX / 2)) {
      error = "ERR value is out of range";
    }
    if (!error.empty()) {
      client.reply.error(error);
      return;
    }
  }
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  if (!ref || count == 0) {
    args.size() > 2 ? client.reply.empty_array() : client.reply.null();
    return;
  }
  SortedSetValue value(*ref);
  Random& random = keyspace_of(client).random;
  if (args.size() == 2) {
    draw_with_repetition(value, random, 1, [&](const Element& member, double) { reply_element(client.reply, member); });
    return;
  }
  MemberReply reply(client.reply, with_scores);
  auto add = [&reply](const Element& member, double score) { reply.add(member, score); };
  if (count < 0) {
    reply.begin(static_cast<size_t>(-count));
    draw_with_repetition(value, random, static_cast<uint64_t>(-count), add);
  } else {
    size_t n = std::min(static_cast<size_t>(count), value.size());
    reply.begin(n);
    draw_without_repetition(value, random, n, add);
  }
}

}  // namespace strata::resp
