// BZPOPMIN and its relatives: what waits for members of sorted sets. Replayed as ZPOPMIN or ZPOPMAX, BZMPOP with the
// number of members that were popped.
#include "02_data_types/blocking/blocked_clients.h"
#include "02_data_types/blocking/timeout.h"
#include "02_data_types/blocking/waiting_commands.h"
#include "02_data_types/commands/sorted_set_pop.h"

namespace strata::db {

using resp::Args;
using resp::Client;
using resp::PopEnd;
using resp::PopReply;

namespace {

class SortedSetWait final : public Wait {
 public:
  SortedSetWait(PopEnd end, size_t count, PopReply form) : end_(end), count_(count), form_(form) {}
  ValueType type() const override { return ValueType::kSortedSet; }
  void serve(Client& client, std::string_view key, Ref ref) const override {
    resp::pop_members(client, resp::database_of(client), ref, key, end_, count_, form_);
  }
  void give_up(Client& client) const override { client.reply.null_array(); }

 private:
  PopEnd end_;
  size_t count_;
  PopReply form_;
};

// BZPOPMIN key [key ...] timeout
void pop_or_wait(Client& client, Args args, PopEnd end) {
  int64_t timeout_ms = 0;
  if (!read_timeout(client, args.back(), &timeout_ms)) return;
  client.server.get<BlockedClients>().serve_or_wait(client, args.subspan(1, args.size() - 2), timeout_ms,
                                                    SortedSetWait(end, 1, PopReply::kKeyFlat));
}

void bzpopmin_command(Client& client, Args args) { pop_or_wait(client, args, PopEnd::kLowest); }
void bzpopmax_command(Client& client, Args args) { pop_or_wait(client, args, PopEnd::kHighest); }

// BZMPOP timeout numkeys key [key ...] MIN|MAX [COUNT count]
void bzmpop_command(Client& client, Args args) {
  int64_t timeout_ms = 0;
  resp::MultiPop wanted;
  if (!resp::read_multi_pop(client, args, 2, &wanted) || !read_timeout(client, args[1], &timeout_ms)) return;
  client.server.get<BlockedClients>().serve_or_wait(client, wanted.keys, timeout_ms,
                                                    SortedSetWait(wanted.end, wanted.count, PopReply::kKeyPairs));
}

}  // namespace

void install_sorted_set_waits(resp::Server& server) {
  using namespace resp;
  constexpr uint32_t kPopped = kKeyRW | kKeyAccess | kKeyDelete;
  constexpr uint64_t kWaits = kWrite | kBlocking;
  const std::vector<KeySpec> keys = {keys_in_range(1, -2, 1, kPopped)};
  auto& commands = server.commands;
  commands.add(
      {.name = "bzpopmin", .arity = -3, .flags = kWaits | kNoScript | kFast, .keys = keys, .run = bzpopmin_command});
  commands.add(
      {.name = "bzpopmax", .arity = -3, .flags = kWaits | kNoScript | kFast, .keys = keys, .run = bzpopmax_command});
  commands.add({.name = "bzmpop",
                .arity = -5,
                .flags = kWaits,
                .keys = {KeySpec{.flags = kPopped, .index = 2, .find = KeySpec::Find::kKeyNum}},
                .run = bzmpop_command});
}

}  // namespace strata::db
