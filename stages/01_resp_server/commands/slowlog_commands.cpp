// SLOWLOG GET, LEN, RESET, HELP.
#include <algorithm>

#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/help.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "01_resp_server/server/slowlog.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {

namespace {

Slowlog& slowlog_of(Client& client) { return client.server.get<Slowlog>(); }

// SLOWLOG GET [count]: -1 means all.
void slowlog_get(Client& client, Args args) {
  if (args.size() > 3) {
    reply_bad_subcommand(client, args);
    return;
  }
  int64_t count = 10;
  if (args.size() == 3 && (!parse_int64(args[2], &count) || count < -1)) {
    client.reply.error("ERR count should be greater than or equal to -1");
    return;
  }
  const auto& entries = slowlog_of(client).entries();
  size_t shown = count < 0 ? entries.size() : std::min(entries.size(), static_cast<size_t>(count));
  client.reply.array(shown);
  for (size_t i = 0; i < shown; i++) {
    const SlowlogEntry& entry = entries[i];
    client.reply.array(6);
    client.reply.integer(static_cast<int64_t>(entry.id));
    client.reply.integer(entry.time_s);
    client.reply.integer(entry.duration_us);
    client.reply.array(entry.args.size());
    for (const std::string& arg : entry.args) client.reply.bulk(arg);
    client.reply.bulk(entry.peer);
    client.reply.bulk(entry.name);
  }
}

void slowlog_len(Client& client, Args) {
  client.reply.integer(static_cast<int64_t>(slowlog_of(client).entries().size()));
}

void slowlog_reset(Client& client, Args) {
  slowlog_of(client).reset();
  client.reply.ok();
}

void slowlog_help(Client& client, Args) {
  reply_help(
      client, "SLOWLOG",
      {"GET [<count>]", "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
       "    Entries are made of:", "    id, timestamp, time in microseconds, arguments array, client IP and port,",
       "    client name", "LEN", "    Return the length of the slowlog.", "RESET", "    Reset the slowlog."});
}

// CONFIG SET name value ...: the values of the options that hold passwords.
bool is_config_secret(Args args, size_t i) {
  static constexpr std::string_view kSecretOptions[] = {"requirepass", "masterauth", "masteruser", "tls-key-file-pass",
                                                        "tls-client-key-file-pass"};
  if (i < 3 || i % 2 == 0) return false;
  return std::any_of(std::begin(kSecretOptions), std::end(kSecretOptions),
                     [&](std::string_view name) { return equals_nocase(args[i - 1], name); });
}

}  // namespace

void install_slowlog(Server& server) {
  Slowlog& log = server.own<Slowlog>();
  auto changed = [&server] {
    server.refresh_slow_threshold();
    return Status();
  };
  server.config.integer("slowlog-log-slower-than", &log.threshold_us, 10000, -1, Config::kNoMaximum,
                        "microseconds from which a command is logged as slow; -1: none is", {.on_change = changed});
  server.config.integer("slowlog-max-len", &log.most_entries, 128, 0, Config::kNoMaximum, "entries of the slow log");
  server.on_slow_command(&log.threshold_us, [&log](const CommandReport& report) {
    log.add(report.client, report.spec, report.args, report.duration_us);
  });
  server.on_start(changed);  // the configuration file may have set it
  Redaction::of(server).add("config|set", is_config_secret);

  constexpr uint64_t kServe = kAdmin | kLoading | kStale;
  server.commands.add({.name = "slowlog",
                       .arity = -2,
                       .subcommands = {
                           {.name = "get",
                            .arity = -2,
                            .flags = kServe,
                            .tips = {"request_policy:all_nodes", "nondeterministic_output"},
                            .run = slowlog_get},
                           {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = slowlog_help},
                           {.name = "len",
                            .arity = 2,
                            .flags = kServe,
                            .tips = {"request_policy:all_nodes", "response_policy:agg_sum", "nondeterministic_output"},
                            .run = slowlog_len},
                           {.name = "reset",
                            .arity = 2,
                            .flags = kServe,
                            .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
                            .run = slowlog_reset},
                       }});
}

}  // namespace strata::resp
