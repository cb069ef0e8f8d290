// OBJECT: what is known of a key's value without reading it.
#include <climits>

#include "01_resp_server/commands/help.h"
#include "01_resp_server/commands/support.h"

namespace strata::resp {

namespace {

using db::Ref;

// The key of OBJECT <sub> <key>, or nothing after a null reply. Counts as a read, but a miss is no event.
Ref object_argument(Client& client, Args args) {
  Ref ref = database_of(client).peek(args[2]);
  auto& keyspace = keyspace_of(client);
  ref ? keyspace.hits++ : keyspace.misses++;
  if (!ref) client.reply.null();
  return ref;
}

void object_encoding(Client& client, Args args) {
  if (Ref ref = object_argument(client, args)) {
    client.reply.bulk(keyspace_of(client).types.of(*ref).encoding_name(*ref));
  }
}

// Nothing is shared here. Redis shares the objects of small integers and answers the largest count for them, which
// programs that look at this field know.
void object_refcount(Client& client, Args args) {
  constexpr int64_t kShared = 10000;
  Ref ref = object_argument(client, args);
  if (!ref) return;
  bool shared = ref->is_integer() && ref->number() >= 0 && ref->number() < kShared;
  client.reply.integer(shared ? INT_MAX : 1);
}

void object_idletime(Client& client, Args args) {
  Ref ref = object_argument(client, args);
  if (!ref) return;
  if (keyspace_of(client).counts_accesses()) {
    client.reply.error(
        "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between "
        "policies at runtime LRU and LFU data will take some time to adjust.");
    return;
  }
  uint32_t idle = (keyspace_of(client).access_clock() - ref->clock()) & db::Entry::kClockMask;
  client.reply.integer(idle);
}

void object_freq(Client& client, Args args) {
  Ref ref = object_argument(client, args);
  if (!ref) return;
  auto& keyspace = keyspace_of(client);
  if (keyspace.counts_accesses()) {
    client.reply.integer(db::decayed_frequency(ref->clock(), keyspace.access_clock(), keyspace.frequency));
    return;
  }
  client.reply.error(
      "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching "
      "between policies at runtime LRU and LFU data will take some time to adjust.");
}

void object_help(Client& client, Args) {
  reply_help(client, "OBJECT",
             {"ENCODING <key>", "    Return the kind of internal representation used in order to store the value",
              "    associated with a <key>.", "FREQ <key>",
              "    Return the access frequency index of the <key>. The returned integer is",
              "    proportional to the logarithm of the recent access frequency of the key.", "IDLETIME <key>",
              "    Return the idle time of the <key>, that is the approximated number of",
              "    seconds elapsed since the last access to the key.", "REFCOUNT <key>",
              "    Return the number of references of the value associated with the specified", "    <key>."});
}

}  // namespace

void install_object_command(Server& server) {
  const std::vector<KeySpec> key = {key_at(2, kKeyRO)};
  const std::vector<std::string_view> tips = {"nondeterministic_output"};
  server.commands.add(
      {.name = "object",
       .arity = -2,
       .subcommands = {
           {.name = "encoding", .arity = 3, .flags = kReadOnly, .keys = key, .tips = tips, .run = object_encoding},
           {.name = "freq", .arity = 3, .flags = kReadOnly, .keys = key, .tips = tips, .run = object_freq},
           {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = object_help},
           {.name = "idletime", .arity = 3, .flags = kReadOnly, .keys = key, .tips = tips, .run = object_idletime},
           {.name = "refcount", .arity = 3, .flags = kReadOnly, .keys = key, .tips = tips, .run = object_refcount},
       }});
}

}  // namespace strata::resp
