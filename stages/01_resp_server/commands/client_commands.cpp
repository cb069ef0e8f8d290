// CLIENT: what a connection may learn and change of itself and of others. LIST, KILL and PAUSE have files of
// their own.
#include "01_resp_server/commands/client_kill.h"
#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/commands/client_name.h"
#include "01_resp_server/commands/client_pause.h"
#include "01_resp_server/commands/client_unblock.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/help.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

static void client_id_command(Client& client, Args) { client.reply.integer(static_cast<int64_t>(client.id)); }

static void client_getname_command(Client& client, Args) {
  if (client.name.empty()) {
    client.reply.null();
  } else {
    client.reply.bulk(client.name);
  }
}

static void client_setname_command(Client& client, Args args) {
  if (!is_client_name(args[2])) {
    client.reply.error(kBadClientName);
    return;
  }
  client.name = args[2];
  client.reply.ok();
}

//   ON     replies are sent again, this one first
//   OFF    nothing is answered from here on
//   SKIP   neither this command nor the next is answered. The dispatcher unmutes after the next one has run;
//   when that one
//          is refused before it runs, the hook on refusals does.
static void client_reply_command(Client& client, Args args) {
  if (equals_nocase(args[2], "on")) {
    client.unset(Client::kReplyOff);
    client.unset(Client::kReplySkip);
    client.reply.set_muted(false);
    client.reply.ok();
  } else if (equals_nocase(args[2], "off")) {
    client.set(Client::kReplyOff);
    client.reply.set_muted(true);
  } else if (equals_nocase(args[2], "skip")) {
    client.reply.set_muted(true);
    if (!client.has(Client::kReplyOff)) client.set(Client::kReplySkipNext);
  } else {
    client.reply.error("ERR syntax error");
  }
}

static void end_skip_after_refusal(Client& client) {
  if (!client.has(Client::kReplySkipNext)) return;
  client.unset(Client::kReplySkipNext);
  client.reply.set_muted(client.has(Client::kReplyOff));
}

static void client_no_evict_command(Client& client, Args args) {
  if (equals_nocase(args[2], "on")) {
    client.set(Client::kNoEvict);
  } else if (equals_nocase(args[2], "off")) {
    client.unset(Client::kNoEvict);
  } else {
    client.reply.error("ERR syntax error");
    return;
  }
  client.reply.ok();
}

// Without client-side caching nothing is tracked, let alone redirected.
static void client_getredir_command(Client& client, Args) { client.reply.integer(-1); }

static void client_trackinginfo_command(Client& client, Args) {
  Reply& reply = client.reply;
  reply.map(3);
  reply.bulk("flags");
  reply.set(1);
  reply.bulk("off");
  reply.bulk("redirect");
  reply.integer(-1);
  reply.bulk("prefixes");
  reply.empty_array();
}

static void client_unblock_command(Client& client, Args args) {
  if (args.size() > 4) {
    reply_bad_subcommand(client, args);
    return;
  }
  bool with_error = false;
  if (args.size() == 4) {
    with_error = equals_nocase(args[3], "error");
    if (!with_error && !equals_nocase(args[3], "timeout")) {
      client.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
      return;
    }
  }
  int64_t id = 0;
  if (!parse_int64(args[2], &id)) {
    client.reply.error("ERR value is not an integer or out of range");
    return;
  }
  const auto& seam = ClientUnblock::of(client.server);
  Client* target = client.server.clients.by_id(static_cast<uint64_t>(id));
  const bool unblocked = target != nullptr && seam.unblock && seam.unblock(*target, with_error);
  // Redis's statistics take the target's error for this command's.
  if (unblocked && with_error) client.errors_answered++;
  client.reply.integer(unblocked ? 1 : 0);
}

static void client_help_command(Client& client, Args) {
  reply_help(client, "CLIENT",
             {
                 "CACHING (YES|NO)",
                 "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
                 "GETREDIR",
                 "    Return the client ID we are redirecting to when tracking is enabled.",
                 "GETNAME",
                 "    Return the name of the current connection.",
                 "ID",
                 "    Return the ID of the current connection.",
                 "INFO",
                 "    Return information about the current client connection.",
                 "KILL <ip:port>",
                 "    Kill connection made from <ip:port>.",
                 "KILL <option> <value> [<option> <value> [...]]",
                 "    Kill connections. Options are:",
                 "    * ADDR (<ip:port>|<unixsocket>:0)",
                 "      Kill connections made from the specified address",
                 "    * LADDR (<ip:port>|<unixsocket>:0)",
                 "      Kill connections made to specified local address",
                 "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
                 "      Kill connections by type.",
                 "    * USER <username>",
                 "      Kill connections authenticated by <username>.",
                 "    * SKIPME (YES|NO)",
                 "      Skip killing current connection (default: yes).",
                 "LIST [options ...]",
                 "    Return information about client connections. Options:",
                 "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
                 "      Return clients of specified type.",
                 "UNPAUSE",
                 "    Stop the current client pause, resuming traffic.",
                 "PAUSE <timeout> [WRITE|ALL]",
                 "    Suspend all, or just write, clients for <timeout> milliseconds.",
                 "REPLY (ON|OFF|SKIP)",
                 "    Control the replies sent to the current connection.",
                 "SETNAME <name>",
                 "    Assign the name <name> to the current connection.",
                 "UNBLOCK <clientid> [TIMEOUT|ERROR]",
                 "    Unblock the specified blocked client.",
                 "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
                 "         [OPTIN] [OPTOUT] [NOLOOP]",
                 "    Control server assisted client side caching.",
                 "TRACKINGINFO",
                 "    Report tracking status for the current connection.",
                 "NO-EVICT (ON|OFF)",
                 "    Protect current client connection from eviction.",
             });
}

void install_client_commands(Server& server) {
  ClientLines::of(server);
  ClientUnblock::of(server);
  server.own<ClientPause>(server);
  server.on_reject(end_skip_after_refusal);

  constexpr uint64_t kOwn = kNoScript | kLoading | kStale;
  constexpr uint64_t kOthers = kAdmin | kOwn;
  server.commands.add(
      {.name = "client",
       .arity = -2,
       .subcommands = {
           {.name = "getname", .arity = 2, .flags = kOwn, .run = client_getname_command},
           {.name = "getredir", .arity = 2, .flags = kOwn, .run = client_getredir_command},
           {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = client_help_command},
           {.name = "id", .arity = 2, .flags = kOwn, .run = client_id_command},
           {.name = "info", .arity = 2, .flags = kOwn, .tips = {"nondeterministic_output"}, .run = client_info_command},
           {.name = "kill", .arity = -3, .flags = kOthers, .run = client_kill_command},
           {.name = "list",
            .arity = -2,
            .flags = kOthers,
            .tips = {"nondeterministic_output"},
            .run = client_list_command},
           {.name = "no-evict", .arity = 3, .flags = kOthers, .run = client_no_evict_command},
           {.name = "pause", .arity = -3, .flags = kOthers, .run = client_pause_command},
           {.name = "reply", .arity = 3, .flags = kOwn, .run = client_reply_command},
           {.name = "setname", .arity = 3, .flags = kOwn, .run = client_setname_command},
           {.name = "trackinginfo", .arity = 2, .flags = kOwn, .run = client_trackinginfo_command},
           {.name = "unblock", .arity = -3, .flags = kOthers, .run = client_unblock_command},
           {.name = "unpause", .arity = 2, .flags = kOthers, .run = client_unpause_command},
       }});
}

}  // namespace strata::resp
