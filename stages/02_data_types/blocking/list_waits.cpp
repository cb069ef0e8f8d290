// BLPOP and its relatives: what waits for elements of lists.
//
//   replayed as     BLPOP, BRPOP          LPOP key, RPOP key
//                   BLMPOP                LPOP key n, RPOP key n
//                   BLMOVE, BRPOPLPUSH    LMOVE, RPOPLPUSH
#include "02_data_types/blocking/blocked_clients.h"
#include "02_data_types/blocking/timeout.h"
#include "02_data_types/blocking/waiting_commands.h"
#include "02_data_types/commands/list_pop.h"

namespace strata::db {

using resp::Args;
using resp::Client;

namespace {

class ListWait : public Wait {
 public:
  ValueType type() const final { return ValueType::kList; }
  void give_up(Client& client) const override { client.reply.null_array(); }
};

class PopWait final : public ListWait {
 public:
  explicit PopWait(ListEnd end) : end_(end) {}
  void serve(Client& client, std::string_view key, Ref ref) const override {
    client.reply.array(2);
    client.reply.bulk(key);
    pop_element(client, key, ref, end_);
    auto& effects = resp::keyspace_of(client).effects;
    if (effects.wanted) effects.replay_as({end_ == ListEnd::kHead ? "LPOP" : "RPOP", key});
  }

 private:
  ListEnd end_;
};

class MultiPopWait final : public ListWait {
 public:
  explicit MultiPopWait(const MultiPop& wanted) : end_(wanted.end), count_(wanted.count) {}
  void serve(Client& client, std::string_view key, Ref ref) const override {
    multi_pop_from(client, key, ref, end_, count_);
  }

 private:
  ListEnd end_;
  size_t count_;
};

// Answers one element, so a transaction that must not wait gets no element: the null of a string. But a timeout is
// answered as by all the others.
class MoveWait final : public ListWait {
 public:
  // `by_old_name`: the command is BRPOPLPUSH.
  MoveWait(std::string_view destination, ListEnd from, ListEnd to, bool by_old_name)
      : destination_(destination), from_(from), to_(to), by_old_name_(by_old_name) {}
  void serve(Client& client, std::string_view key, Ref ref) const override {
    if (!move_element(client, key, ref, from_, destination_, to_)) return;
    auto& effects = resp::keyspace_of(client).effects;
    if (!effects.wanted) return;
    if (by_old_name_) {
      effects.replay_as({"RPOPLPUSH", key, destination_});
    } else {
      const bool waited = client.current == nullptr;  // its command is over
      effects.replay_as({"LMOVE", key, destination_, word(from_, waited), word(to_, waited)});
    }
  }
  void refuse(Client& client) const override { client.reply.null(); }

 private:
  // In lower case for a client that had to wait, as Redis has it.
  static std::string_view word(ListEnd end, bool waited) {
    if (end == ListEnd::kHead) return waited ? "left" : "LEFT";
    return waited ? "right" : "RIGHT";
  }

  std::string destination_;
  ListEnd from_;
  ListEnd to_;
  bool by_old_name_;
};

BlockedClients& blocked_clients(Client& client) { return client.server.get<BlockedClients>(); }

// BLPOP key [key ...] timeout
void pop_or_wait(Client& client, Args args, ListEnd end) {
  int64_t timeout_ms = 0;
  if (!read_timeout(client, args.back(), &timeout_ms)) return;
  blocked_clients(client).serve_or_wait(client, args.subspan(1, args.size() - 2), timeout_ms, PopWait(end));
}

void blpop_command(Client& client, Args args) { pop_or_wait(client, args, ListEnd::kHead); }
void brpop_command(Client& client, Args args) { pop_or_wait(client, args, ListEnd::kTail); }

// BLMPOP timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]
void blmpop_command(Client& client, Args args) {
  int64_t timeout_ms = 0;
  MultiPop wanted;
  if (!read_multi_pop(client, args.subspan(2), &wanted) || !read_timeout(client, args[1], &timeout_ms)) return;
  blocked_clients(client).serve_or_wait(client, wanted.keys, timeout_ms, MultiPopWait(wanted));
}

// BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout
void blmove_command(Client& client, Args args) {
  ListEnd from;
  ListEnd to;
  int64_t timeout_ms = 0;
  if (!read_list_end(client, args[3], &from) || !read_list_end(client, args[4], &to)) return;
  if (!read_timeout(client, args[5], &timeout_ms)) return;
  blocked_clients(client).serve_or_wait(client, args.subspan(1, 1), timeout_ms, MoveWait(args[2], from, to, false));
}

// BRPOPLPUSH source destination timeout
void brpoplpush_command(Client& client, Args args) {
  int64_t timeout_ms = 0;
  if (!read_timeout(client, args[3], &timeout_ms)) return;
  blocked_clients(client).serve_or_wait(client, args.subspan(1, 1), timeout_ms,
                                        MoveWait(args[2], ListEnd::kTail, ListEnd::kHead, true));
}

}  // namespace

void install_list_waits(resp::Server& server) {
  using namespace resp;
  constexpr uint32_t kPopped = kKeyRW | kKeyAccess | kKeyDelete;
  constexpr uint64_t kWaits = kWrite | kBlocking;
  const std::vector<KeySpec> kPopKeys = {keys_in_range(1, -2, 1, kPopped)};
  const std::vector<KeySpec> kMoveKeys = {key_at(1, kPopped), key_at(2, kKeyRW | kKeyInsert)};
  auto& commands = server.commands;
  commands.add({.name = "blpop", .arity = -3, .flags = kWaits | kNoScript, .keys = kPopKeys, .run = blpop_command});
  commands.add({.name = "brpop", .arity = -3, .flags = kWaits | kNoScript, .keys = kPopKeys, .run = brpop_command});
  commands.add({.name = "blmpop",
                .arity = -5,
                .flags = kWaits,
                .keys = {KeySpec{.flags = kPopped, .index = 2, .find = KeySpec::Find::kKeyNum}},
                .run = blmpop_command});
  commands.add(
      {.name = "blmove", .arity = 6, .flags = kWaits | kDenyOom | kNoScript, .keys = kMoveKeys, .run = blmove_command});
  commands.add({.name = "brpoplpush",
                .arity = 4,
                .flags = kWaits | kDenyOom | kNoScript,
                .keys = kMoveKeys,
                .run = brpoplpush_command});
}

}  // namespace strata::db
