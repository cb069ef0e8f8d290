// One set, given members: adding, removing, asking, moving, scanning.
#include <vector>

#include "01_resp_server/commands/scan_support.h"
#include "02_data_types/commands/set_commands.h"
#include "common/glob.h"

namespace strata::db {

// [task 2.2] Look up a set for a reader.
bool read_set(Client& client, std::string_view key, const Entry** entry) {
  Ref ref = database_of(client).read(key);
  if (!resp::of_type(client, ref, ValueType::kSet)) return false;
  *entry = ref ? &*ref : nullptr;
  return true;
}

void reply_set(resp::Reply& reply, const SetValue& set) {
  reply.set(set.size());
  set.each([&](const Element& member) { reply_element(reply, member); });
}

void members_removed(Client& client, Ref ref, std::string_view key, std::string_view event, uint64_t by) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  bool emptied = SetValue(*ref).empty();
  if (emptied) database.remove(ref);
  keyspace.changed(database, key, event, EventClass::kSet, by);
  if (emptied) keyspace.notice(database, key, "del", EventClass::kGeneric);
}

// SADD key member [member ...]
// [task 2.2] Add members, making the set when there is none.
void sadd_command(Client& client, Args args) {
  auto& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.write(key);
  if (!resp::of_type(client, ref, ValueType::kSet)) return;
  if (!ref) ref = database.add(NewSet::for_member(args[2]).release(key));
  const SetLimits& limits = set_limits(client);
  SetValue set(*ref);
  uint64_t added = 0;
  for (std::string_view member : args.subspan(2)) added += set.add(member, limits) ? 1 : 0;
  if (added > 0) keyspace_of(client).changed(database, key, "sadd", EventClass::kSet, added);
  client.reply.integer(static_cast<int64_t>(added));
}

// SREM key member [member ...]
// [task 2.2] Remove members, and the key with the last of them.
void srem_command(Client& client, Args args) {
  Ref ref = database_of(client).write(args[1]);
  if (!resp::of_type(client, ref, ValueType::kSet)) return;
  uint64_t removed = 0;
  if (ref) {
    SetValue set(*ref);
    for (std::string_view member : args.subspan(2)) removed += set.remove(member) ? 1 : 0;
    if (removed > 0) members_removed(client, ref, args[1], "srem", removed);
  }
  client.reply.integer(static_cast<int64_t>(removed));
}

// SMOVE source destination member
// [task 2.2] Move a member from one set to another.
void smove_command(Client& client, Args args) {
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  std::string_view member = args[3];
  // The source second: a lookup that lets an expired key go ends the validity of earlier ones.
  Ref target = database.write(args[2]);
  Entry* target_entry = target ? &*target : nullptr;
  Ref source = database.write(args[1]);
  if (!source) {
    client.reply.integer(0);
    return;
  }
  if (!resp::of_type(client, source, ValueType::kSet) || !resp::of_type(client, target, ValueType::kSet)) return;
  SetValue from(*source);
  if (args[1] == args[2]) {
    client.reply.integer(from.contains(member) ? 1 : 0);
    return;
  }
  if (!from.remove(member)) {
    client.reply.integer(0);
    return;
  }
  members_removed(client, source, args[1], "srem", 1);
  if (target_entry == nullptr) target_entry = &*database.add(NewSet::for_member(member).release(args[2]));
  if (SetValue(*target_entry).add(member, set_limits(client))) {
    keyspace.changed(database, args[2], "sadd", EventClass::kSet);
  }
  client.reply.integer(1);
}

void sismember_command(Client& client, Args args) {
  const Entry* entry = nullptr;
  if (!read_set(client, args[1], &entry)) return;
  client.reply.integer(entry != nullptr && SetValue(*entry).contains(args[2]) ? 1 : 0);
}

void smismember_command(Client& client, Args args) {
  const Entry* entry = nullptr;
  if (!read_set(client, args[1], &entry)) return;
  client.reply.array(args.size() - 2);
  for (std::string_view member : args.subspan(2)) {
    client.reply.integer(entry != nullptr && SetValue(*entry).contains(member) ? 1 : 0);
  }
}

void scard_command(Client& client, Args args) {
  const Entry* entry = nullptr;
  if (!read_set(client, args[1], &entry)) return;
  client.reply.integer(entry == nullptr ? 0 : static_cast<int64_t>(SetValue(*entry).size()));
}

void smembers_command(Client& client, Args args) {
  const Entry* entry = nullptr;
  if (!read_set(client, args[1], &entry)) return;
  if (entry == nullptr) {
    client.reply.set(0);
  } else {
    reply_set(client.reply, SetValue(*entry));
  }
}

// SSCAN key cursor [MATCH pattern] [COUNT count]
void sscan_command(Client& client, Args args) {
  constexpr int64_t kEmptyBuckets = 10;  // per element asked for, at most so many steps
  uint64_t cursor = 0;
  const Entry* entry = nullptr;
  resp::ScanOptions options;
  if (!resp::read_cursor(client, args[2], &cursor) || !read_set(client, args[1], &entry)) return;
  if (entry != nullptr && !resp::read_scan_options(client, args, 3, false, &options)) return;
  std::vector<Element> found;
  if (entry == nullptr) {
    cursor = 0;
  } else {
    SetValue set(*entry);
    int64_t wanted = options.count;
    int64_t steps = options.count > INT64_MAX / kEmptyBuckets ? INT64_MAX : options.count * kEmptyBuckets;
    do {
      cursor = set.scan(cursor, [&](const Element& member) {
        Element::Digits digits;
        wanted--;
        if (options.match_all || glob_match(options.pattern, member.as_text(digits))) found.push_back(member);
      });
    } while (cursor != 0 && wanted > 0 && --steps > 0);
  }
  client.reply.array(2);
  client.reply.bulk(std::to_string(cursor));
  client.reply.array(found.size());
  for (const Element& member : found) reply_element(client.reply, member);
}

}  // namespace strata::db
