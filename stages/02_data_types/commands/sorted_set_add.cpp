// ZADD and ZINCRBY.
#include <vector>

#include "02_data_types/commands/sorted_set_commands.h"

namespace strata::resp {

namespace {

using db::AddOutcome;
using db::AddRules;
using db::EventClass;
using db::Ref;
using db::SortedSetValue;
using db::ValueType;

struct AddOptions {
  AddRules rules;
  bool count_changed = false;  // CH
  size_t first_pair = 2;
};

// ZADD key [NX|XX] [GT|LT] [CH] [INCR] score member [score member ...]
// [task 2.4] Read the options of ZADD.
bool read_options(Client& client, Args args, AddOptions* out) {
  AddRules& rules = out->rules;
  size_t i = 2;
  for (; i < args.size(); i++) {
    if (equals_nocase(args[i], "NX")) {
      rules.only_new = true;
    } else if (equals_nocase(args[i], "XX")) {
      rules.only_present = true;
    } else if (equals_nocase(args[i], "CH")) {
      out->count_changed = true;
    } else if (equals_nocase(args[i], "INCR")) {
      rules.increment = true;
    } else if (equals_nocase(args[i], "GT")) {
      rules.only_higher = true;
    } else if (equals_nocase(args[i], "LT")) {
      rules.only_lower = true;
    } else {
      break;
    }
  }
  out->first_pair = i;
  size_t rest = args.size() - i;
  std::string_view error;
  if (rest % 2 != 0 || rest == 0) {
    error = kSyntaxError;
  } else if (rules.only_new && rules.only_present) {
    error = "ERR XX and NX options at the same time are not compatible";
  } else if (rules.only_new + rules.only_higher + rules.only_lower > 1) {
    error = "ERR GT, LT, and/or NX options at the same time are not compatible";
  } else if (rules.increment && rest > 2) {
    error = "ERR INCR option supports a single increment-element pair";
  }
  if (error.empty()) return true;
  client.reply.error(error);
  return false;
}

// All scores are checked before the first one is stored. Most commands bring one.
bool read_scores(Client& client, Args pairs, std::vector<double>& more, double* first) {
  if (pairs.size() > 2) more.resize(pairs.size() / 2 - 1);
  for (size_t i = 0; i < pairs.size(); i += 2) {
    if (!parse_double(pairs[i], i == 0 ? first : &more[i / 2 - 1])) {
      client.reply.error(kNotFloatError);
      return false;
    }
  }
  return true;
}

// [task 2.4] Add what ZADD brings, and answer as its options say.
void add_members(Client& client, Args args, const AddOptions& options) {
  Args pairs = args.subspan(options.first_pair);
  double score = 0;
  std::vector<double> more;
  if (!read_scores(client, pairs, more, &score)) return;

  const AddRules& rules = options.rules;
  std::string_view key = args[1];
  auto& database = database_of(client);
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kSortedSet)) return;
  size_t added = 0;
  size_t updated = 0;
  bool refused = rules.only_present;  // of the only pair, where there is no key
  if (ref || !rules.only_present) {
    if (!ref) ref = database.add(SortedSetValue::empty_shape(key));
    SortedSetValue value(*ref);
    const db::SortedSetLimits& limits = sorted_set_limits(client);
    for (size_t i = 0; i < pairs.size(); i += 2) {
      if (i > 0) score = more[i / 2 - 1];
      AddOutcome outcome = value.add(pairs[i + 1], &score, rules, limits);
      if (outcome == AddOutcome::kNotANumber) {
        client.reply.error("ERR resulting score is not a number (NaN)");
        return;
      }
      added += outcome == AddOutcome::kAdded;
      updated += outcome == AddOutcome::kUpdated;
      refused = outcome == AddOutcome::kRefused;
    }
  }
  if (!rules.increment) {
    client.reply.integer(static_cast<int64_t>(options.count_changed ? added + updated : added));
  } else if (refused) {
    client.reply.null();
  } else {
    client.reply.real(score);
  }
  if (added + updated > 0) {
    keyspace_of(client).changed(database, key, rules.increment ? "zincr" : "zadd", EventClass::kSortedSet,
                                added + updated);
  }
}

}  // namespace

void zadd_command(Client& client, Args args) {
  AddOptions options;
  if (read_options(client, args, &options)) add_members(client, args, options);
}

// ZINCRBY key increment member; an option of ZADD in place of the increment is a syntax error, not a wrong number
void zincrby_command(Client& client, Args args) {
  AddOptions options;
  options.rules.increment = true;
  if (read_options(client, args, &options)) add_members(client, args, options);
}

}  // namespace strata::resp
