// Members that chance chooses: SPOP and SRANDMEMBER.
#include <string>

#include "02_data_types/commands/set_commands.h"

namespace strata::db {

namespace {

// A copy of the data must take out the very members that chance chose here.
void replay_as_srem(WriteEffects& effects, std::string_view key, const Element& member) {
  if (!effects.wanted) return;
  Element::Digits digits;
  effects.replay_as({"SREM", std::string(key), std::string(member.as_text(digits))});
}

// Answers a member and takes it out.
void pop_one(Client& client, SetValue& set, std::string_view key) {
  auto& keyspace = keyspace_of(client);
  Element member = set.random(keyspace.random);
  reply_element(client.reply, member);
  replay_as_srem(keyspace.effects, key, member);
  set.remove(member);
}

// Of nearly all members the few that stay are chosen: they make a new set, the others are answered as they come.
void pop_most(Client& client, SetValue& set, std::string_view key, size_t count) {
  auto& keyspace = keyspace_of(client);
  NewSet kept;
  set.split(count, keyspace.random, [&](const Element& member, bool popped) {
    if (popped) {
      reply_element(client.reply, member);
      replay_as_srem(keyspace.effects, key, member);
    } else {
      kept->add(member, set_limits(client));
    }
  });
  kept.replace(set);
}

// [task 2.2] Pop several members in as few steps as possible.
// SPOP key count. As many steps as members are popped, or as the set has where that is about the same.
void pop_many(Client& client, Ref ref, std::string_view key, size_t count) {
  constexpr size_t kFewStay = 5;  // fewer than one in so many
  auto& keyspace = keyspace_of(client);
  SetValue set(*ref);
  size_t size = set.size();
  if (count == 0) {
    client.reply.set(0);
    return;
  }
  if (count >= size) {
    reply_set(client.reply, set);
    database_of(client).remove(ref);
    keyspace.changed(database_of(client), key, "spop", EventClass::kSet);
    keyspace.notice(database_of(client), key, "del", EventClass::kGeneric);
    if (keyspace.effects.wanted) keyspace.effects.replay_as({"DEL", std::string(key)});
    return;
  }
  client.reply.set(count);
  if ((size - count) * kFewStay > count) {
    for (size_t i = 0; i < count; i++) pop_one(client, set, key);
  } else {
    pop_most(client, set, key, count);
  }
  keyspace.changed(database_of(client), key, "spop", EventClass::kSet, count);
}

}  // namespace

// SPOP key [count]
// [task 2.2] Read the arguments of SPOP, and pop what they ask for.
void spop_command(Client& client, Args args) {
  if (args.size() > 3) {
    client.reply.error(resp::kSyntaxError);
    return;
  }
  bool single = args.size() == 2;
  int64_t count = 1;
  if (!single && (!parse_int64(args[2], &count) || count < 0)) {
    client.reply.error("ERR value is out of range, must be positive");
    return;
  }
  Ref ref = database_of(client).write(args[1]);
  if (!resp::of_type(client, ref, ValueType::kSet)) return;
  if (!single) {
    if (ref) {
      pop_many(client, ref, args[1], static_cast<size_t>(count));
    } else {
      client.reply.set(0);
    }
  } else if (ref) {
    SetValue set(*ref);
    pop_one(client, set, args[1]);
    members_removed(client, ref, args[1], "spop", 1);
  } else {
    client.reply.null();
  }
}

// SRANDMEMBER key [count]. A negative count: so many draws, each from the whole set.
// [task 2.2] Answer members that chance chooses, all different or not.
void srandmember_command(Client& client, Args args) {
  if (args.size() > 3) {
    client.reply.error(resp::kSyntaxError);
    return;
  }
  bool single = args.size() == 2;
  int64_t count = 0;
  if (!single && !resp::integer_argument(client, args[2], &count)) return;
  if (count == INT64_MIN) {
    client.reply.error("ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");
    return;
  }
  const Entry* entry = nullptr;
  if (!read_set(client, args[1], &entry)) return;
  if (entry == nullptr) {
    single ? client.reply.null() : client.reply.empty_array();
    return;
  }
  SetValue set(*entry);
  Random& random = keyspace_of(client).random;
  if (single) {
    reply_element(client.reply, set.random(random));
  } else if (count >= 0) {
    size_t members = std::min(static_cast<size_t>(count), set.size());
    client.reply.array(members);
    set.sample(members, random, [&](const Element& member) { reply_element(client.reply, member); });
  } else {
    constexpr int64_t kCheckEvery = 1024;  // a count may ask for any number of gigabytes
    client.reply.array(static_cast<size_t>(-count));
    for (int64_t i = 1; i <= -count && !client.has(Client::kCloseNow); i++) {
      reply_element(client.reply, set.random(random));
      if (i % kCheckEvery == 0) client.server.clients.check_output_limit(client);
    }
  }
}

}  // namespace strata::db
