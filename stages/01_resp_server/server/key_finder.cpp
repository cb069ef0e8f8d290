#include "01_resp_server/server/key_finder.h"

#include <algorithm>
#include <cstdint>

#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

namespace {

using Begin = KeySpec::Begin;
using Find = KeySpec::Find;

// Positions first, first + step, ..., last. Wide, because a number of keys comes from the client.
struct Range {
  int64_t first = 0;
  int64_t last = 0;
  int64_t step = 1;
};

bool is_fixed(const KeySpec& spec) { return spec.begin == Begin::kIndex && spec.find == Find::kRange; }

// Where the search for keys begins, 0 when the line has no such place. A keyword that ends the line
// introduces nothing.
int64_t begin_of(const KeySpec& spec, Args args) {
  if (spec.begin == Begin::kIndex) return spec.index;
  if (spec.begin == Begin::kUnknown) return 0;
  const int64_t count = static_cast<int64_t>(args.size());
  const bool forward = spec.index > 0;
  const int64_t start = forward ? spec.index : count + spec.index;
  const int64_t stop = forward ? count - 1 : 1;
  for (int64_t at = start; forward ? at < stop : at > stop; at += forward ? 1 : -1) {
    if (equals_nocase(args[static_cast<size_t>(at)], spec.keyword)) return at + 1;
  }
  return 0;
}

// False when the line does not say how far the keys go.
bool range_of(const KeySpec& spec, Args args, int64_t begin, Range& range) {
  const int64_t count = static_cast<int64_t>(args.size());
  range = {.first = begin, .last = begin, .step = spec.step};
  if (spec.find == Find::kRange) {
    if (spec.last >= 0) {
      range.last = begin + spec.last;
    } else if (spec.limit <= 1) {
      range.last = count + spec.last;
    } else {
      range.last = begin + (count - begin) / spec.limit + spec.last;
    }
    return true;
  }
  if (spec.find == Find::kUnknown) return false;
  int64_t keys = 0;
  const int64_t counter = begin + spec.keynum_index;
  if (counter >= count || !parse_int64(args[static_cast<size_t>(counter)], &keys)) return false;
  if (keys < 0 || keys > count) return false;
  range.first = begin + spec.first_key;
  range.last = range.first + (keys - 1) * spec.step;
  return true;
}

bool find_by_specs(const CommandSpec& command, Args args, std::vector<FoundKey>& out) {
  for (const KeySpec& spec : command.keys) {
    if ((spec.flags & kKeyNotKey) != 0) continue;
    const int64_t begin = begin_of(spec, args);
    Range range;
    if (begin == 0 || !range_of(spec, args, begin, range)) return false;
    if (range.first > range.last || range.last >= static_cast<int64_t>(args.size())) return false;
    for (int64_t at = range.first; at <= range.last; at += range.step) {
      out.push_back({static_cast<int>(at), spec.flags});
    }
    if ((spec.flags & kKeyIncomplete) != 0) return false;  // there may be more, which only the hook knows
  }
  return true;
}

}  // namespace

bool find_keys(const CommandSpec& spec, Args args, std::vector<FoundKey>& out) {
  const size_t before = out.size();
  const bool flags_vary = std::any_of(spec.keys.begin(), spec.keys.end(),
                                      [](const KeySpec& each) { return (each.flags & kKeyVariableFlags) != 0; });
  const bool ask_specs = !spec.keys.empty() && !(flags_vary && spec.find_keys != nullptr);
  if (ask_specs && find_by_specs(spec, args, out)) return true;
  out.resize(before);
  if (spec.find_keys != nullptr && spec.find_keys(args, out)) return true;
  out.resize(before);
  return false;
}

bool takes_keys(const CommandSpec& spec) {
  return spec.find_keys != nullptr || std::any_of(spec.keys.begin(), spec.keys.end(),
                                                  [](const KeySpec& each) { return (each.flags & kKeyNotKey) == 0; });
}

bool has_movable_keys(const CommandSpec& spec) {
  return std::any_of(spec.keys.begin(), spec.keys.end(), [](const KeySpec& each) { return !is_fixed(each); });
}

KeyTriple key_triple(const CommandSpec& spec) {
  if (spec.keys.empty()) return {};
  auto absolute = [](const KeySpec& each) { return each.last >= 0 ? each.index + each.last : each.last; };
  if (spec.keys.size() == 1) {
    const KeySpec& only = spec.keys.front();
    return is_fixed(only) ? KeyTriple{only.index, absolute(only), only.step} : KeyTriple{};
  }
  KeyTriple merged;
  for (const KeySpec& each : spec.keys) {
    if (!is_fixed(each)) continue;
    if (each.step != 1) return {};
    if (merged.first != 0 && merged.last != each.index - 1) return {};
    if (merged.first == 0) merged.first = each.index;
    merged.last = absolute(each);
    merged.step = 1;
  }
  return merged;
}

}  // namespace strata::resp
