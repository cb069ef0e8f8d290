// ZUNION, ZINTER, ZDIFF, ZINTERCARD and the forms that store: sorted sets made of several others. Plain sets take part
// as sorted sets whose scores are all 1.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "02_data_types/commands/sorted_set_commands.h"
#include "02_data_types/values/set_value.h"

namespace strata::resp {

namespace {

using db::Element;
using db::Entry;
using db::hash_of;
using db::RankedTable;
using db::SetValue;
using db::SkipListNode;
using db::SortedSetValue;
using db::ValueType;

enum class Combination : uint8_t { kUnion, kIntersection, kDifference };
enum class Aggregate : uint8_t { kSum, kMin, kMax };

// One of the sets that are combined; absent keys are empty sets. Entries stay where they are while keys come and go.
struct Input {
  Entry* entry = nullptr;
  double weight = 1;

  bool is_plain() const { return entry->type() == ValueType::kSet; }
  size_t size() const {
    if (entry == nullptr) return 0;
    return is_plain() ? SetValue(*entry).size() : SortedSetValue(*entry).size();
  }
  std::optional<double> score(std::string_view member) const {
    if (entry == nullptr) return {};
    if (!is_plain()) return SortedSetValue(*entry).score(member);
    return SetValue(*entry).contains(member) ? std::optional(1.0) : std::nullopt;
  }
  // visit(std::string_view member, double score) until it returns false.
  template <class Visit>
  void each_while(Visit visit) const {
    if (entry == nullptr) return;
    Element::Digits digits;
    if (is_plain()) {
      SetValue(*entry).each_while([&](const Element& member) { return visit(member.as_text(digits), 1.0); });
    } else {
      SortedSetValue value(*entry);
      value.each_while(value.all(), false,
                       [&](const Element& member, double score) { return visit(member.as_text(digits), score); });
    }
  }
  template <class Visit>
  void each(Visit visit) const {
    each_while([&](std::string_view member, double score) {
      visit(member, score);
      return true;
    });
  }
  double weighted(double score) const {
    double product = score * weight;
    return std::isnan(product) ? 0 : product;
  }
};

// [task 2.5] Make one score of two.
double aggregated(Aggregate how, double a, double b) {
  switch (how) {
    case Aggregate::kMin:
      return std::min(a, b);
    case Aggregate::kMax:
      return std::max(a, b);
    default:
      return std::isnan(a + b) ? 0 : a + b;  // infinities of both signs
  }
}

struct Request {
  Combination combination;
  std::vector<Input> inputs = {};
  Aggregate aggregate = Aggregate::kSum;
  bool with_scores = false;
  int64_t limit = 0;  // ZINTERCARD: 0 for none
};

// Which options a command has.
enum class Form : uint8_t { kReply, kStore, kCount };

bool fail(Client& client, std::string_view error) {
  client.reply.error(error);
  return false;
}

// numkeys key [key ...]; `rest` becomes what follows.
// [task 2.5] Look up the sets and sorted sets that are to be combined.
bool read_inputs(Client& client, Args& rest, Request* request) {
  int64_t count = 0;
  if (!integer_argument(client, rest[0], &count)) return false;
  if (count < 1) {
    return fail(client, fmt::format("ERR at least 1 input key is needed for '{}' command", client.current->full_name));
  }
  rest = rest.subspan(1);
  if (static_cast<uint64_t>(count) > rest.size()) return fail(client, kSyntaxError);
  for (std::string_view key : rest.first(static_cast<size_t>(count))) {
    db::Ref ref = database_of(client).read(key);
    if (ref && ref->type() != ValueType::kSet && ref->type() != ValueType::kSortedSet) {
      return fail(client, kWrongTypeError);
    }
    request->inputs.push_back({.entry = ref ? &*ref : nullptr});
  }
  rest = rest.subspan(request->inputs.size());
  return true;
}

bool read_aggregate(Client& client, std::string_view name, Aggregate* out) {
  if (equals_nocase(name, "SUM")) {
    *out = Aggregate::kSum;
  } else if (equals_nocase(name, "MIN")) {
    *out = Aggregate::kMin;
  } else if (equals_nocase(name, "MAX")) {
    *out = Aggregate::kMax;
  } else {
    return fail(client, kSyntaxError);
  }
  return true;
}

// [WEIGHTS weight ...] [AGGREGATE SUM|MIN|MAX] [WITHSCORES] or [LIMIT limit]
// [task 2.5] Read weights and the other options.
bool read_options(Client& client, Args options, Form form, Request* request) {
  std::vector<Input>& inputs = request->inputs;
  bool weighs = form != Form::kCount && request->combination != Combination::kDifference;
  while (!options.empty()) {
    std::string_view option = options[0];
    size_t taken = 0;
    if (weighs && options.size() > inputs.size() && equals_nocase(option, "WEIGHTS")) {
      for (size_t i = 0; i < inputs.size(); i++) {
        if (!parse_double(options[i + 1], &inputs[i].weight)) {
          return fail(client, "ERR weight value is not a float");
        }
      }
      taken = 1 + inputs.size();
    } else if (weighs && options.size() >= 2 && equals_nocase(option, "AGGREGATE")) {
      if (!read_aggregate(client, options[1], &request->aggregate)) return false;
      taken = 2;
    } else if (form == Form::kReply && equals_nocase(option, "WITHSCORES")) {
      request->with_scores = true;
      taken = 1;
    } else if (form == Form::kCount && options.size() >= 2 && equals_nocase(option, "LIMIT")) {
      if (!parse_int64(options[1], &request->limit) || request->limit < 0) {
        return fail(client, "ERR LIMIT can't be negative");
      }
      taken = 2;
    } else {
      return fail(client, kSyntaxError);
    }
    options = options.subspan(taken);
  }
  // Small sets first: an intersection is at most as large as the smallest of them.
  if (request->combination != Combination::kDifference) {
    std::stable_sort(inputs.begin(), inputs.end(), [](const Input& a, const Input& b) { return a.size() < b.size(); });
  }
  return true;
}

bool read_request(Client& client, Args args, Form form, Request* request) {
  return read_inputs(client, args, request) && read_options(client, args, form, request);
}

// visit(member, score) for the members that all inputs have, until it returns false.
// [task 2.5] Find the members that all inputs have, with their scores.
template <class Visit>
void intersect(const Request& request, Visit visit) {
  const Input& smallest = request.inputs[0];
  smallest.each_while([&](std::string_view member, double first_score) {
    double score = smallest.weighted(first_score);
    for (size_t i = 1; i < request.inputs.size(); i++) {
      const Input& other = request.inputs[i];
      auto found = other.score(member);
      if (!found) return true;
      score = aggregated(request.aggregate, score, *found * other.weight);
    }
    return visit(member, score);
  });
}

// [task 2.5] Put the members of all inputs together, with their scores.
void unite(const Request& request, RankedTable& result) {
  for (const Input& input : request.inputs) {
    input.each([&](std::string_view member, double own_score) {
      double score = input.weighted(own_score);
      db::Hash hash = hash_of(member);
      if (SkipListNode* node = result.find(member, hash)) {
        node->set_score(aggregated(request.aggregate, node->score(), score));
      } else {
        result.add_unordered(score, member, hash);
      }
    });
  }
}

// [task 2.5] Find what only the first input has, in the cheaper of two ways.
// Either asks the others for each member of the first, or takes all members of the others out of a copy of it: which of
// the two is less work depends on the sizes.
void subtract(const Request& request, RankedTable& result) {
  const Input& first = request.inputs[0];
  Args::size_type others = request.inputs.size() - 1;
  size_t members = 0;
  for (const Input& input : request.inputs) members += input.size();
  bool ask = first.size() * others / 2 <= members;
  first.each([&](std::string_view member, double score) {
    bool elsewhere = ask && std::any_of(request.inputs.begin() + 1, request.inputs.end(),
                                        [&](const Input& other) { return other.score(member).has_value(); });
    if (!elsewhere) result.add_unordered(score, member, hash_of(member));
  });
  if (ask) return;
  for (size_t i = 1; i <= others && result.size() > 0; i++) {
    request.inputs[i].each([&](std::string_view member, double) { result.discard_unordered(member); });
  }
}

std::unique_ptr<RankedTable> combine(const Request& request) {
  auto result = std::make_unique<RankedTable>();
  switch (request.combination) {
    case Combination::kUnion:
      unite(request, *result);
      break;
    case Combination::kIntersection:
      intersect(request, [&](std::string_view member, double score) {
        result->add_unordered(score, member, hash_of(member));
        return true;
      });
      break;
    case Combination::kDifference:
      subtract(request, *result);
      break;
  }
  result->order_all();
  return result;
}

// ZUNION numkeys key [key ...] [option ...]
void reply_combination(Client& client, Args args, Combination combination) {
  Request request{.combination = combination};
  if (!read_request(client, args.subspan(1), Form::kReply, &request)) return;
  auto result = combine(request);
  MemberReply reply(client.reply, request.with_scores);
  reply.begin(result->size());
  for (auto* node = result->order().first(); node != nullptr; node = node->next()) {
    reply.add(Element::of(node->member()), node->score());
  }
}

// ZUNIONSTORE destination numkeys key [key ...] [option ...]
void store_combination(Client& client, Args args, Combination combination, std::string_view event) {
  Request request{.combination = combination};
  if (!read_request(client, args.subspan(2), Form::kStore, &request)) return;
  store_sorted_set(client, args[1], combine(request), event);
}

}  // namespace

void zunion_command(Client& client, Args args) { reply_combination(client, args, Combination::kUnion); }
void zinter_command(Client& client, Args args) { reply_combination(client, args, Combination::kIntersection); }
void zdiff_command(Client& client, Args args) { reply_combination(client, args, Combination::kDifference); }

void zunionstore_command(Client& client, Args args) {
  store_combination(client, args, Combination::kUnion, "zunionstore");
}
void zinterstore_command(Client& client, Args args) {
  store_combination(client, args, Combination::kIntersection, "zinterstore");
}
void zdiffstore_command(Client& client, Args args) {
  store_combination(client, args, Combination::kDifference, "zdiffstore");
}

// ZINTERCARD numkeys key [key ...] [LIMIT limit]
void zintercard_command(Client& client, Args args) {
  Request request{.combination = Combination::kIntersection};
  if (!read_request(client, args.subspan(1), Form::kCount, &request)) return;
  int64_t common = 0;
  intersect(request, [&](std::string_view, double) { return ++common != request.limit; });
  client.reply.integer(common);
}

}  // namespace strata::resp
