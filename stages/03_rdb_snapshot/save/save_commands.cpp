// SAVE BGSAVE LASTSAVE.
#include "01_resp_server/server/client.h"
#include "02_data_types/transactions/transactions.h"
#include "03_rdb_snapshot/families.h"
#include "03_rdb_snapshot/save/background_save.h"
#include "common/text.h"

namespace strata::rdb {

using resp::Args;
using resp::Client;

namespace {

constexpr std::string_view kInProgress = "ERR Background save already in progress";

BackgroundSave& save_of(Client& client) { return client.server.get<BackgroundSave>(); }

void save_command(Client& client, Args) {
  BackgroundSave& save = save_of(client);
  if (save.in_progress()) {
    client.reply.error(kInProgress);
    return;
  }
  save.count_one();
  save.save() ? client.reply.ok() : client.reply.error("ERR");
}

// BGSAVE [SCHEDULE]. A transaction must not be held up by a fork: there it is always put off.
// [task 3.10] Start a background save, put it off, or say why not.
void bgsave_command(Client& client, Args args) {
  const bool wants_schedule = args.size() == 2 && equals_nocase(args[1], "schedule");
  if (args.size() > 1 && !wants_schedule) {
    client.reply.error("ERR syntax error");
    return;
  }
  BackgroundSave& save = save_of(client);
  const bool in_transaction = db::Transactions::running(client);
  if (save.in_progress()) {
    client.reply.error(kInProgress);
  } else if (in_transaction || (save.child().running() && wants_schedule)) {
    save.schedule();
    client.reply.simple("Background saving scheduled");
  } else if (save.child().running()) {
    client.reply.error(
        "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule "
        "a "
        "BGSAVE whenever possible.");
  } else {
    save.start() ? client.reply.simple("Background saving started") : client.reply.error("ERR");
  }
}

void lastsave_command(Client& client, Args) { client.reply.integer(save_of(client).last_save_s()); }

}  // namespace

void install_save_commands(Server& server) {
  using namespace resp;
  constexpr uint64_t kSaves = kAdmin | kNoScript | kNoAsyncLoading;
  server.commands.add({.name = "save", .arity = 1, .flags = kSaves | kNoMulti, .run = save_command});
  server.commands.add({.name = "bgsave", .arity = -1, .flags = kSaves, .run = bgsave_command});
  server.commands.add({.name = "lastsave",
                       .arity = 1,
                       .flags = kLoading | kStale | kFast,
                       .categories = kCatAdmin | kCatDangerous,
                       .tips = {"nondeterministic_output"},
                       .run = lastsave_command});
}

}  // namespace strata::rdb
