// BGREWRITEAOF: a shorter log, now or as soon as no other child runs.
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/server/client.h"
#include "02_data_types/transactions/transactions.h"
#include "04_aof/families.h"
#include "04_aof/persistence/append_only.h"

namespace strata::aof {

namespace {

void bgrewriteaof_command(resp::Client& client, resp::Args) {
  Rewrite& rewrite = client.server.get<AppendOnly>().rewrite();
  const bool other_child = client.server.get<rdb::ForkChild>().running();
  if (rewrite.in_progress()) {
    client.reply.error("ERR Background append only file rewriting already in progress");
  } else if (other_child || db::Transactions::running(client)) {
    rewrite.schedule();
    rewrite.forget_failures();  // whoever asks for one does not want to wait for what failed before
    client.reply.simple("Background append only file rewriting scheduled");
  } else if (rewrite.start(client.server.get<AppendOnly>().waiting()).ok()) {
    client.reply.simple("Background append only file rewriting started");
  } else {
    client.reply.error(
        "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.");
  }
}

}  // namespace

void install_bgrewriteaof(Server& server) {
  using namespace resp;
  server.commands.add(
      {.name = "bgrewriteaof", .arity = 1, .flags = kAdmin | kNoScript | kNoAsyncLoading, .run = bgrewriteaof_command});
  const DocGroup doc(server.commands, "server");
  doc("bgrewriteaof", {.summary = "Rewrites the append-only log in the background, as short as the data allows",
                       .since = "1.0.0",
                       .complexity = "O(1)"});
}

}  // namespace strata::aof
