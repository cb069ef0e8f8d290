// Several sets: intersection, union, difference, answered or stored.
//
// A missing key is an empty set. Results are built as a NewSet: numbers alone make an intset again, whatever they came
// from.
#include <algorithm>
#include <vector>

#include "02_data_types/commands/set_commands.h"
#include "02_data_types/values/set_algebra.h"

namespace strata::db {

namespace {

// The sets at `keys` in their order, null where there is none. False after the answer to a wrong type.
// [task 2.5] Look up several sets.
bool read_sets(Client& client, Args keys, std::vector<const Entry*>* sets) {
  sets->reserve(keys.size());
  for (std::string_view key : keys) {
    // Entries stay where they are when a later lookup lets an expired key go; Refs would not.
    const Entry* entry = nullptr;
    if (!read_set(client, key, &entry)) return false;
    sets->push_back(entry);
  }
  return true;
}

// Stores a result under `key`, whatever was there, and answers its size. An empty one removes the key.
void store_set(Client& client, std::string_view key, NewSet result, std::string_view event) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  size_t size = result->size();
  if (size == 0) {
    if (database.remove(key)) keyspace.changed(database, key, "del", EventClass::kGeneric);
  } else {
    if (Ref old = database.write(key)) {
      database.replace(old, result.release());
    } else {
      database.add(result.release(key));
    }
    keyspace.changed(database, key, event, EventClass::kSet);
  }
  client.reply.integer(static_cast<int64_t>(size));
}

// --- intersection ---

// Visits the members that all sets have; stops after `limit` of them, 0 standing for no limit.
// [task 2.5] Find the members that all sets have, from the smallest set on.
template <class Visit>
void intersect(const std::vector<const Entry*>& entries, size_t limit, Visit visit) {
  if (std::find(entries.begin(), entries.end(), nullptr) != entries.end()) return;
  std::vector<SetValue> sets;
  sets.reserve(entries.size());
  for (const Entry* entry : entries) sets.emplace_back(*entry);
  // The fewest candidates first, and the sets that let the fewest pass.
  std::stable_sort(sets.begin(), sets.end(), [](const SetValue& a, const SetValue& b) { return a.size() < b.size(); });
  filter_members(sets[0], std::span(sets).subspan(1), true, limit, visit);
}

// --- union and difference ---

// [task 2.5] Put the members of all sets together.
NewSet unite(const std::vector<const Entry*>& entries, const SetLimits& limits) {
  NewSet result;
  for (const Entry* entry : entries) {
    if (entry == nullptr) continue;
    SetValue(*entry).each([&](const Element& member) { result->add(member, limits); });
  }
  return result;
}

// [task 2.5] Find what only the first set has, in the cheaper of two ways.
// Members of the first set that no other has. There are two ways: look every member of the first up in all others, or
// copy the first and take every member of every other out. Which one is cheaper follows from the sizes.
NewSet subtract(std::vector<const Entry*> entries, const SetLimits& limits) {
  NewSet result;
  const Entry* first = entries[0];
  if (first == nullptr || std::find(entries.begin() + 1, entries.end(), first) != entries.end()) return result;
  std::vector<SetValue> others;
  size_t members = 0;
  for (const Entry* entry : std::span(entries).subspan(1)) {
    if (entry == nullptr) continue;
    others.emplace_back(*entry);
    members += others.back().size();
  }
  SetValue source(*first);
  size_t lookups = source.size() * (others.size() + 1);
  constexpr size_t kHit = 2;  // a lookup that finds its member ends the round: half of them do, say
  if (lookups / kHit <= source.size() + members) {
    // Large ones first: they are the most likely to have it.
    std::stable_sort(others.begin(), others.end(),
                     [](const SetValue& a, const SetValue& b) { return a.size() > b.size(); });
    filter_members(source, others, false, 0, [&](const Element& member) { result->add(member, limits); });
    return result;
  }
  source.each([&](const Element& member) { result->add(member, limits); });
  for (const SetValue& other : others) {
    if (result->empty()) break;
    other.each([&](const Element& member) { result->remove(member); });
  }
  return result;
}

}  // namespace

// SINTER key [key ...]
void sinter_command(Client& client, Args args) {
  std::vector<const Entry*> sets;
  if (!read_sets(client, args.subspan(1), &sets)) return;
  resp::Chunk* gap = client.reply.open();
  size_t count = 0;
  intersect(sets, 0, [&](const Element& member) {
    reply_element(client.reply, member);
    count++;
  });
  client.reply.close_set(gap, count);
}

// SINTERCARD numkeys key [key ...] [LIMIT limit]
// [task 2.5] Count the common members, up to a limit.
void sintercard_command(Client& client, Args args) {
  int64_t keys = 0;
  if (!parse_int64(args[1], &keys) || keys < 1) {
    client.reply.error("ERR numkeys should be greater than 0");
    return;
  }
  if (keys > static_cast<int64_t>(args.size()) - 2) {
    client.reply.error("ERR Number of keys can't be greater than number of args");
    return;
  }
  int64_t limit = 0;
  for (size_t i = static_cast<size_t>(keys) + 2; i < args.size(); i += 2) {
    if (!equals_nocase(args[i], "LIMIT") || i + 1 == args.size()) {
      client.reply.error(resp::kSyntaxError);
      return;
    }
    if (!parse_int64(args[i + 1], &limit) || limit < 0) {
      client.reply.error("ERR LIMIT can't be negative");
      return;
    }
  }
  std::vector<const Entry*> sets;
  if (!read_sets(client, args.subspan(2, static_cast<size_t>(keys)), &sets)) return;
  int64_t count = 0;
  intersect(sets, static_cast<size_t>(limit), [&](const Element&) { count++; });
  client.reply.integer(count);
}

// SINTERSTORE destination key [key ...]
void sinterstore_command(Client& client, Args args) {
  std::vector<const Entry*> sets;
  if (!read_sets(client, args.subspan(2), &sets)) return;
  NewSet result;
  intersect(sets, 0, [&](const Element& member) { result->add(member, set_limits(client)); });
  store_set(client, args[1], std::move(result), "sinterstore");
}

// SUNION key [key ...]
void sunion_command(Client& client, Args args) {
  std::vector<const Entry*> sets;
  if (read_sets(client, args.subspan(1), &sets)) reply_set(client.reply, *unite(sets, set_limits(client)));
}

// SUNIONSTORE destination key [key ...]
void sunionstore_command(Client& client, Args args) {
  std::vector<const Entry*> sets;
  if (!read_sets(client, args.subspan(2), &sets)) return;
  store_set(client, args[1], unite(sets, set_limits(client)), "sunionstore");
}

// SDIFF key [key ...]
void sdiff_command(Client& client, Args args) {
  std::vector<const Entry*> sets;
  if (read_sets(client, args.subspan(1), &sets)) reply_set(client.reply, *subtract(sets, set_limits(client)));
}

// SDIFFSTORE destination key [key ...]
void sdiffstore_command(Client& client, Args args) {
  std::vector<const Entry*> sets;
  if (!read_sets(client, args.subspan(2), &sets)) return;
  store_set(client, args[1], subtract(std::move(sets), set_limits(client)), "sdiffstore");
}

}  // namespace strata::db
