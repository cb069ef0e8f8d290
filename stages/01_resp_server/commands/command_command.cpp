// COMMAND: what the server tells of its own commands. Clients build their help and their routing on it.
//
//   COMMAND [INFO [name...]]         how each is called and where its keys are     (command_info.cpp)
//   COMMAND DOCS [name...]           what each is for                              (command_docs.cpp)
//   COMMAND COUNT | LIST [FILTERBY ...]
//   COMMAND GETKEYS | GETKEYSANDFLAGS name [argument...]
//
// A subcommand is named "config|get". A command that the configuration renamed is shown under its original
// name.
#include <functional>
#include <vector>

#include "01_resp_server/commands/command_categories.h"
#include "01_resp_server/commands/command_describe.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/help.h"
#include "01_resp_server/server/client.h"
#include "01_resp_server/server/key_finder.h"
#include "01_resp_server/server/server.h"
#include "common/glob.h"
#include "common/text.h"

namespace strata::resp {

namespace {

// How many commands there are, renamed ones included, removed ones and subcommands not.
size_t count_commands(const CommandTable& commands) {
  size_t count = 0;
  commands.each([&count](const CommandSpec&) { count++; });
  return count;
}

// "get", "config", "config|get" in any case; nullptr when there is none.
const CommandSpec* find_by_full_name(const CommandTable& commands, std::string_view name) {
  const size_t bar = name.find('|');
  const CommandSpec* spec = commands.find(name.substr(0, bar));
  if (spec == nullptr || bar == std::string_view::npos) return spec;
  return spec->subcommand(name.substr(bar + 1));
}

void command_command(Client& c, Args) {
  const CommandTable& commands = c.server.commands;
  c.reply.array(count_commands(commands));
  commands.each([&c](const CommandSpec& spec) { reply_command_info(c.reply, spec); });
}

void count_command(Client& c, Args) { c.reply.integer(static_cast<int64_t>(count_commands(c.server.commands))); }

void info_command(Client& c, Args args) {
  if (args.size() == 2) {
    command_command(c, args);
    return;
  }
  c.reply.array(args.size() - 2);
  for (std::string_view name : args.subspan(2)) {
    const CommandSpec* spec = find_by_full_name(c.server.commands, name);
    if (spec == nullptr) {
      c.reply.null();
    } else {
      reply_command_info(c.reply, *spec);
    }
  }
}

void docs_command(Client& c, Args args) {
  std::vector<const CommandSpec*> found;
  if (args.size() == 2) {
    c.server.commands.each([&found](const CommandSpec& spec) { found.push_back(&spec); });
  }
  for (std::string_view name : args.subspan(2)) {
    if (const CommandSpec* spec = find_by_full_name(c.server.commands, name)) found.push_back(spec);
  }
  c.reply.map(found.size());
  for (const CommandSpec* spec : found) {
    c.reply.bulk(spec->full_name);
    reply_command_docs(c.reply, *spec);
  }
}

// COMMAND LIST [FILTERBY MODULE name | ACLCAT category | PATTERN glob]
void list_command(Client& c, Args args) {
  std::function<bool(const CommandSpec&)> passes = [](const CommandSpec&) { return true; };
  if (args.size() != 2) {
    if (args.size() != 5 || !equals_nocase(args[2], "filterby")) {
      c.reply.error("ERR syntax error");
      return;
    }
    const std::string_view value = args[4];
    if (equals_nocase(args[3], "module")) {
      passes = [](const CommandSpec&) { return false; };  // there are no modules
    } else if (equals_nocase(args[3], "aclcat")) {
      const uint64_t category = category_by_name(value);
      passes = [category](const CommandSpec& spec) { return (acl_categories(spec) & category) != 0; };
    } else if (equals_nocase(args[3], "pattern")) {
      passes = [value](const CommandSpec& spec) { return glob_match(value, spec.full_name, true); };
    } else {
      c.reply.error("ERR syntax error");
      return;
    }
  }
  size_t count = 0;
  Chunk* gap = c.reply.open();
  auto show = [&](const CommandSpec& spec) {
    if (!passes(spec)) return;
    c.reply.bulk(spec.full_name);
    count++;
  };
  c.server.commands.each([&show](const CommandSpec& spec) {
    show(spec);
    for (const CommandSpec& each : spec.subcommands) show(each);
  });
  c.reply.close_array(gap, count);
}

void get_keys(Client& c, Args args, bool with_flags) {
  const Args line = args.subspan(2);
  const CommandSpec* spec = c.server.commands.resolve(line);
  if (spec == nullptr) {
    c.reply.error("ERR Invalid command specified");
    return;
  }
  if (!takes_keys(*spec)) {
    c.reply.error("ERR The command has no key arguments");
    return;
  }
  if (!spec->accepts(line.size())) {
    c.reply.error("ERR Invalid number of arguments specified for command");
    return;
  }
  std::vector<FoundKey> keys;
  if (!find_keys(*spec, line, keys) && !spec->is(kNoMandatoryKeys)) {
    c.reply.error("ERR Invalid arguments specified for command");
    return;
  }
  c.reply.array(keys.size());
  for (const FoundKey& key : keys) {
    const std::string_view name = line[static_cast<size_t>(key.index)];
    if (with_flags) c.reply.array(2);
    c.reply.bulk(name);
    if (with_flags) reply_key_flags(c.reply, key.flags);
  }
}

void getkeys_command(Client& c, Args args) { get_keys(c, args, false); }
void getkeysandflags_command(Client& c, Args args) { get_keys(c, args, true); }

void help_command(Client& c, Args) {
  reply_help(c, "COMMAND",
             {
                 "(no subcommand)",
                 "    Describe all commands.",
                 "COUNT",
                 "    Tell how many commands there are.",
                 "LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]",
                 "    Name the commands, or those that pass the filter.",
                 "INFO [<command-name> ...]",
                 "    Describe the named commands: arity, flags, keys, categories.",
                 "DOCS [<command-name> ...]",
                 "    Explain the named commands: summary, history, arguments.",
                 "GETKEYS <full-command>",
                 "    Name the keys of a command line.",
                 "GETKEYSANDFLAGS <full-command>",
                 "    Name the keys of a command line and what happens to each.",
             });
}

}  // namespace

void install_command_command(Server& server) {
  constexpr uint64_t kFlags = kLoading | kStale;
  constexpr uint64_t kCategory = kCatConnection;
  constexpr std::string_view kAnyOrder = "nondeterministic_output_order";
  server.commands.add(
      {.name = "command",
       .arity = -1,
       .flags = kFlags,
       .categories = kCategory,
       .tips = {kAnyOrder},
       .run = command_command,
       .subcommands = {
           {.name = "count", .arity = 2, .flags = kFlags, .categories = kCategory, .run = count_command},
           {.name = "docs",
            .arity = -2,
            .flags = kFlags,
            .categories = kCategory,
            .tips = {kAnyOrder},
            .run = docs_command},
           {.name = "getkeys", .arity = -4, .flags = kFlags, .categories = kCategory, .run = getkeys_command},
           {.name = "getkeysandflags",
            .arity = -4,
            .flags = kFlags,
            .categories = kCategory,
            .run = getkeysandflags_command},
           {.name = "help", .arity = 2, .flags = kFlags, .categories = kCategory, .run = help_command},
           {.name = "info",
            .arity = -2,
            .flags = kFlags,
            .categories = kCategory,
            .tips = {kAnyOrder},
            .run = info_command},
           {.name = "list",
            .arity = -2,
            .flags = kFlags,
            .categories = kCategory,
            .tips = {kAnyOrder},
            .run = list_command},
       }});
}

}  // namespace strata::resp
