// COMMAND INFO's description of one command.
#include <array>
#include <bit>
#include <span>
#include <string>

#include "01_resp_server/commands/command_categories.h"
#include "01_resp_server/commands/command_describe.h"
#include "01_resp_server/server/key_finder.h"

namespace strata::resp {

namespace {

struct FlagName {
  std::string_view name;
  uint64_t bit;
};

// In the order of the reply. What is missing here is the server's own business and not shown.
constexpr std::array<FlagName, 19> kFlagNames{{
    {"write", kWrite},
    {"readonly", kReadOnly},
    {"denyoom", kDenyOom},
    {"admin", kAdmin},
    {"pubsub", kPubsub},
    {"noscript", kNoScript},
    {"blocking", kBlocking},
    {"loading", kLoading},
    {"stale", kStale},
    {"skip_monitor", kSkipMonitor},
    {"skip_slowlog", kSkipSlowlog},
    {"asking", kAsking},
    {"fast", kFast},
    {"no_auth", kNoAuth},
    {"no_mandatory_keys", kNoMandatoryKeys},
    {"no_async_loading", kNoAsyncLoading},
    {"no_multi", kNoMulti},
    {"movablekeys", kMovableKeys},
    {"allow_busy", kAllowBusy},
}};

constexpr std::array<FlagName, 11> kKeyFlagNames{{
    {"RO", kKeyRO},
    {"RW", kKeyRW},
    {"OW", kKeyOW},
    {"RM", kKeyRM},
    {"access", kKeyAccess},
    {"update", kKeyUpdate},
    {"insert", kKeyInsert},
    {"delete", kKeyDelete},
    {"not_key", kKeyNotKey},
    {"incomplete", kKeyIncomplete},
    {"variable_flags", kKeyVariableFlags},
}};

void reply_names(Reply& reply, std::span<const FlagName> names, uint64_t bits) {
  uint64_t known = 0;
  for (const FlagName& each : names) known |= each.bit;
  reply.set(static_cast<size_t>(std::popcount(bits & known)));
  for (const FlagName& each : names) {
    if ((bits & each.bit) != 0) reply.simple(each.name);
  }
}

void reply_categories(Reply& reply, uint64_t bits) {
  reply.set(static_cast<size_t>(std::popcount(bits)));
  for (const CategoryName& each : category_names()) {
    if ((bits & each.bit) != 0) reply.simple("@" + std::string(each.name));
  }
}

// The head of begin_search and find_keys: their type and how many fields their spec has.
void begin_part(Reply& reply, std::string_view part, std::string_view type, size_t fields) {
  reply.bulk(part);
  reply.map(2);
  reply.bulk("type");
  reply.bulk(type);
  reply.bulk("spec");
  reply.map(fields);
}

void field(Reply& reply, std::string_view name, int value) {
  reply.bulk(name);
  reply.integer(value);
}

void reply_begin(Reply& reply, const KeySpec& spec) {
  switch (spec.begin) {
    case KeySpec::Begin::kUnknown:
      begin_part(reply, "begin_search", "unknown", 0);
      break;
    case KeySpec::Begin::kIndex:
      begin_part(reply, "begin_search", "index", 1);
      field(reply, "index", spec.index);
      break;
    case KeySpec::Begin::kKeyword:
      begin_part(reply, "begin_search", "keyword", 2);
      reply.bulk("keyword");
      reply.bulk(spec.keyword);
      field(reply, "startfrom", spec.index);
      break;
  }
}

void reply_find(Reply& reply, const KeySpec& spec) {
  switch (spec.find) {
    case KeySpec::Find::kUnknown:
      begin_part(reply, "find_keys", "unknown", 0);
      break;
    case KeySpec::Find::kRange:
      begin_part(reply, "find_keys", "range", 3);
      field(reply, "lastkey", spec.last);
      field(reply, "keystep", spec.step);
      field(reply, "limit", spec.limit);
      break;
    case KeySpec::Find::kKeyNum:
      begin_part(reply, "find_keys", "keynum", 3);
      field(reply, "keynumidx", spec.keynum_index);
      field(reply, "firstkey", spec.first_key);
      field(reply, "keystep", spec.step);
      break;
  }
}

void reply_key_specs(Reply& reply, const CommandSpec& command) {
  reply.set(command.keys.size());
  for (const KeySpec& spec : command.keys) {
    reply.map(spec.notes.empty() ? 3 : 4);
    if (!spec.notes.empty()) {
      reply.bulk("notes");
      reply.bulk(spec.notes);
    }
    reply.bulk("flags");
    reply_key_flags(reply, spec.flags);
    reply_begin(reply, spec);
    reply_find(reply, spec);
  }
}

}  // namespace

void reply_key_flags(Reply& reply, uint32_t flags) { reply_names(reply, kKeyFlagNames, flags); }

void reply_command_info(Reply& reply, const CommandSpec& spec) {
  const KeyTriple keys = key_triple(spec);
  reply.array(10);
  reply.bulk(spec.full_name);
  reply.integer(spec.arity);
  reply_names(reply, kFlagNames, spec.flags);
  reply.integer(keys.first);
  reply.integer(keys.last);
  reply.integer(keys.step);
  reply_categories(reply, acl_categories(spec));
  reply.set(spec.tips.size());
  for (std::string_view tip : spec.tips) reply.bulk(tip);
  reply_key_specs(reply, spec);
  // The subcommands are an array, but their absence is an empty set.
  if (!spec.is_container()) {
    reply.set(0);
    return;
  }
  reply.array(spec.subcommands.size());
  for (const CommandSpec& each : spec.subcommands) reply_command_info(reply, each);
}

}  // namespace strata::resp
