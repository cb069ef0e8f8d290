// LPOP RPOP LMPOP, LMOVE RPOPLPUSH.
#include <fmt/format.h>

#include "02_data_types/commands/list_commands.h"
#include "02_data_types/commands/list_pop.h"

namespace strata::db {

namespace {

using namespace resp;

// LPOP key [count]
// [task 2.3] Pop one element or several, and answer them.
void pop(Client& client, Args args, ListEnd end) {
  constexpr std::string_view kPositive = "ERR value is out of range, must be positive";
  if (args.size() > 3) {
    client.reply.error(fmt::format("ERR wrong number of arguments for '{}' command", client.current->full_name));
    return;
  }
  const bool counted = args.size() == 3;
  int64_t wanted = 0;
  if (counted) {
    if (!integer_argument(client, args[2], &wanted, kPositive)) return;
    if (wanted < 0) {
      client.reply.error(kPositive);
      return;
    }
  }
  Ref ref = database_of(client).write(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  if (!ref) {
    counted ? client.reply.null_array() : client.reply.null();
  } else if (!counted) {
    pop_element(client, args[1], ref, end);
  } else if (wanted == 0) {
    client.reply.empty_array();
  } else {
    pop_elements(client, args[1], ref, end, static_cast<size_t>(wanted));
  }
}

void lpop_command(Client& client, Args args) { pop(client, args, ListEnd::kHead); }
void rpop_command(Client& client, Args args) { pop(client, args, ListEnd::kTail); }

// LMPOP numkeys key... LEFT|RIGHT [COUNT count]
void lmpop_command(Client& client, Args args) {
  MultiPop wanted;
  if (read_multi_pop(client, args.subspan(1), &wanted) && !multi_pop(client, wanted)) client.reply.null_array();
}

void move(Client& client, Args args, ListEnd from, ListEnd to) {
  Ref ref = database_of(client).write(args[1]);
  if (!of_type(client, ref, ValueType::kList)) return;
  if (!ref) {
    client.reply.null();
    return;
  }
  move_element(client, args[1], ref, from, args[2], to);
}

// LMOVE source destination LEFT|RIGHT LEFT|RIGHT
void lmove_command(Client& client, Args args) {
  ListEnd from;
  ListEnd to;
  if (!read_list_end(client, args[3], &from) || !read_list_end(client, args[4], &to)) return;
  move(client, args, from, to);
}

void rpoplpush_command(Client& client, Args args) { move(client, args, ListEnd::kTail, ListEnd::kHead); }

}  // namespace

void install_list_movers(Server& server) {
  const KeySpec popped = key_at(1, kKeyRW | kKeyAccess | kKeyDelete);
  const KeySpec pushed = key_at(2, kKeyRW | kKeyInsert);
  auto& commands = server.commands;
  commands.add({.name = "lpop", .arity = -2, .flags = kWrite | kFast, .keys = {popped}, .run = lpop_command});
  commands.add({.name = "rpop", .arity = -2, .flags = kWrite | kFast, .keys = {popped}, .run = rpop_command});
  commands.add({.name = "lmpop",
                .arity = -4,
                .flags = kWrite,
                .keys = {KeySpec{.flags = kKeyRW | kKeyAccess | kKeyDelete, .find = KeySpec::Find::kKeyNum}},
                .run = lmpop_command});
  commands.add(
      {.name = "lmove", .arity = 5, .flags = kWrite | kDenyOom, .keys = {popped, pushed}, .run = lmove_command});
  commands.add({.name = "rpoplpush",
                .arity = 3,
                .flags = kWrite | kDenyOom,
                .keys = {popped, pushed},
                .run = rpoplpush_command});
}

}  // namespace strata::db
