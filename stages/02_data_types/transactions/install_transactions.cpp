// MULTI EXEC DISCARD WATCH UNWATCH.
#include "02_data_types/families.h"
#include "02_data_types/transactions/transactions.h"

namespace strata::db {

using resp::Args;
using resp::Client;

static Transactions& transactions_of(Client& client) { return client.server.get<Transactions>(); }

static void multi_command(Client& client, Args) { transactions_of(client).begin(client); }
static void exec_command(Client& client, Args) { transactions_of(client).exec(client); }
static void discard_command(Client& client, Args) { transactions_of(client).discard(client); }

static void watch_command(Client& client, Args args) {
  if (Transactions::open(client)) {
    client.reply.error("ERR WATCH inside MULTI is not allowed");
    return;
  }
  for (std::string_view key : args.subspan(1)) transactions_of(client).watched().watch(client, key);
  client.reply.ok();
}

static void unwatch_command(Client& client, Args) {
  transactions_of(client).watched().forget(client);
  client.reply.ok();
}

void install_transactions(Server& server) {
  server.own<Transactions>(server, server.get<Keyspace>());

  using namespace resp;
  constexpr uint64_t kCommon = kNoScript | kLoading | kStale;
  constexpr uint64_t kQuick = kCommon | kFast | kAllowBusy;
  server.commands.add({.name = "multi", .arity = 1, .flags = kQuick, .run = multi_command});
  server.commands.add({.name = "exec",
                       .arity = 1,
                       .flags = kCommon | kSkipSlowlog,
                       .run = exec_command,
                       .refusal = "EXECABORT Transaction discarded because of: "});
  server.commands.add({.name = "discard", .arity = 1, .flags = kQuick, .run = discard_command});
  server.commands.add(
      {.name = "watch", .arity = -2, .flags = kQuick, .keys = {keys_in_range(1, -1, 1, kKeyRO)}, .run = watch_command});
  server.commands.add({.name = "unwatch", .arity = 1, .flags = kQuick, .run = unwatch_command});
}

}  // namespace strata::db
