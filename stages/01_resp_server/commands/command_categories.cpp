#include "01_resp_server/commands/command_categories.h"

#include <array>

#include "common/text.h"

namespace strata::resp {

namespace {

constexpr std::array<CategoryName, 21> kNames{{
    {"keyspace", kCatKeyspace},
    {"read", kCatRead},
    {"write", kCatWrite},
    {"set", kCatSet},
    {"sortedset", kCatSortedSet},
    {"list", kCatList},
    {"hash", kCatHash},
    {"string", kCatString},
    {"bitmap", kCatBitmap},
    {"hyperloglog", kCatHyperLogLog},
    {"geo", kCatGeo},
    {"stream", kCatStream},
    {"pubsub", kCatPubsub},
    {"admin", kCatAdmin},
    {"fast", kCatFast},
    {"slow", kCatSlow},
    {"blocking", kCatBlocking},
    {"dangerous", kCatDangerous},
    {"connection", kCatConnection},
    {"transaction", kCatTransaction},
    {"scripting", kCatScripting},
}};

constexpr std::array<CategoryName, 12> kOfGroup{{
    {"generic", kCatKeyspace},
    {"string", kCatString},
    {"list", kCatList},
    {"set", kCatSet},
    {"sorted-set", kCatSortedSet},
    {"hash", kCatHash},
    {"bitmap", kCatBitmap},
    {"hyperloglog", kCatHyperLogLog},
    {"geo", kCatGeo},
    {"stream", kCatStream},
    {"connection", kCatConnection},
    {"transactions", kCatTransaction},
}};

// "scripting" is kept apart from the groups above, since it also takes @read away.
uint64_t group_category(std::string_view group) {
  if (group == "scripting") return kCatScripting;
  for (const CategoryName& each : kOfGroup) {
    if (each.name == group) return each.bit;
  }
  return 0;
}

constexpr uint64_t kAnyGroup = kCatKeyspace | kCatString | kCatList | kCatSet | kCatSortedSet | kCatHash | kCatBitmap |
                               kCatHyperLogLog | kCatGeo | kCatStream | kCatConnection | kCatTransaction |
                               kCatScripting;

}  // namespace

uint64_t acl_categories(const CommandSpec& spec) {
  uint64_t categories = spec.categories;
  const uint64_t group = spec.doc != nullptr ? group_category(spec.doc->group) : 0;
  if (!spec.is_container() && (categories & kAnyGroup) == 0) categories |= group;
  if (spec.is(kWrite)) categories |= kCatWrite;
  if (spec.is(kReadOnly) && group != kCatScripting) categories |= kCatRead;
  if (spec.is(kAdmin)) categories |= kCatAdmin | kCatDangerous;
  if (spec.is(kPubsub)) categories |= kCatPubsub;
  if (spec.is(kBlocking)) categories |= kCatBlocking;
  categories |= spec.is(kFast) ? kCatFast : kCatSlow;
  return categories;
}

std::span<const CategoryName> category_names() { return kNames; }

uint64_t category_by_name(std::string_view name) {
  for (const CategoryName& each : kNames) {
    if (equals_nocase(each.name, name)) return each.bit;
  }
  return 0;
}

}  // namespace strata::resp
