// CONFIG GET, SET, REWRITE, RESETSTAT, HELP.
#include <fmt/format.h>

#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/help.h"
#include "01_resp_server/server/client.h"
#include "01_resp_server/server/config_rewrite.h"
#include "01_resp_server/server/core_options.h"
#include "01_resp_server/server/info_sections.h"
#include "01_resp_server/server/late_directives.h"
#include "01_resp_server/server/server.h"
#include "common/glob.h"
#include "common/log.h"
#include "common/text.h"

namespace strata::resp {
namespace {

// CONFIG GET pattern [pattern ...]. A name without wildcards finds hidden options too and is answered as it
// was asked.
void config_get(Client& c, Args args) {
  struct Match {
    std::string name;
    Option* option;
  };
  std::vector<Match> matches;
  auto take = [&matches](std::string_view name, Option& option) {
    for (const Match& each : matches) {
      if (equals_nocase(each.name, name)) return;
    }
    matches.push_back({std::string(name), &option});
  };
  for (const std::string_view pattern : args.subspan(2)) {
    if (pattern.find_first_of("*?[") == std::string_view::npos) {
      if (Option* option = c.server.config.find(pattern)) take(pattern, *option);
      continue;
    }
    c.server.config.each_name([&](const std::string& name, Option& option) {
      if (!option.traits().hidden && glob_match(pattern, name, true)) take(name, option);
    });
  }
  c.reply.map(matches.size());
  for (const Match& match : matches) {
    c.reply.bulk(match.name);
    c.reply.bulk(match.option->get());
  }
}

// CONFIG SET name value [name value ...], all or nothing.
void config_set(Client& c, Args args) {
  if (args.size() % 2 != 0) {
    c.reply.error("ERR syntax error");
    return;
  }
  Config& config = c.server.config;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (size_t i = 2; i < args.size(); i += 2) pairs.emplace_back(args[i], args[i + 1]);
  const bool loading = config.loading && config.loading();
  for (const auto& [name, value] : pairs) {
    const Option* option = config.find(name);
    if (loading && option != nullptr && option->traits().fixed_while_loading) {
      c.reply.error("LOADING Redis is loading the dataset in memory");
      return;
    }
  }
  ChangeError error;
  if (config.change(pairs, allows(config.enable_protected, c), &error)) {
    c.reply.ok();
  } else if (error.reason.empty()) {
    c.reply.error(
        fmt::format("ERR Unknown option or number of arguments for CONFIG SET - '{}'", until_zero(error.argument)));
  } else {
    c.reply.error(fmt::format("ERR CONFIG SET failed (possibly related to argument '{}') - {}",
                              until_zero(error.argument), error.reason));
  }
}

void config_rewrite(Client& c, Args) {
  if (c.server.config.file.empty()) {
    c.reply.error("ERR The server is running without a config file");
    return;
  }
  const Status written = rewrite_config_file(c.server.config, &LateDirectives::of(c.server));
  if (written.ok()) {
    log_warning("CONFIG REWRITE executed with success.");
    c.reply.ok();
  } else {
    log_warning("CONFIG REWRITE failed: {}", written.message());
    c.reply.error(fmt::format("ERR Rewriting config file: {}", written.message()));
  }
}

void config_resetstat(Client& c, Args) {
  reset_statistics(c.server);
  c.reply.ok();
}

void config_help(Client& c, Args) {
  reply_help(c, "CONFIG",
             {"GET <pattern>", "    Return parameters matching the glob-like <pattern> and their values.",
              "SET <directive> <value>", "    Set the configuration <directive> to <value>.", "RESETSTAT",
              "    Reset statistics reported by the INFO command.", "REWRITE", "    Rewrite the configuration file."});
}

}  // namespace

void install_config_commands(Server& server) {
  constexpr uint64_t kServe = kAdmin | kNoScript | kLoading | kStale;
  server.commands.add({
      .name = "config",
      .arity = -2,
      .subcommands =
          {
              {.name = "get", .arity = -3, .flags = kServe, .run = config_get},
              {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = config_help},
              {.name = "resetstat", .arity = 2, .flags = kServe, .run = config_resetstat},
              {.name = "rewrite", .arity = 2, .flags = kServe, .run = config_rewrite},
              {.name = "set",
               .arity = -4,
               .flags = kServe,
               .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
               .run = config_set},
          },
  });
}

}  // namespace strata::resp
