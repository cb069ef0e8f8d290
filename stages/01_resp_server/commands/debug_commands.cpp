#include "01_resp_server/commands/debug_commands.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <ctime>

#include "01_resp_server/commands/debug_protocol.h"
#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/subcommand_error.h"
#include "01_resp_server/server/core_options.h"
#include "01_resp_server/server/server.h"
#include "common/assert.h"
#include "common/crash.h"
#include "common/glob.h"
#include "common/log.h"
#include "common/text.h"

namespace strata::resp {

void DebugCommands::add(std::string_view name, int arity, Handler handler, std::vector<std::string> lines) {
  words_[std::string(name)] = {arity, handler, std::move(lines)};
}

void DebugCommands::run(Client& client, Args args) const {
  if (args.size() == 2 && equals_nocase(args[1], "help")) {
    help(client);
    return;
  }
  auto found = words_.find(to_lower(args[1]));
  size_t arity = found == words_.end() ? 0 : static_cast<size_t>(std::abs(found->second.arity));
  bool fits = found != words_.end() && (found->second.arity > 0 ? args.size() == arity : args.size() >= arity);
  if (fits) {
    found->second.run(client, args);
  } else {
    reply_bad_subcommand(client, args);
  }
}

void DebugCommands::help(Client& client) const {
  size_t lines = 3;
  for (const auto& [name, word] : words_) lines += word.help.size();
  client.reply.array(lines);
  client.reply.simple("DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (const auto& [name, word] : words_) {
    for (const std::string& line : word.help) client.reply.simple(line);
  }
  client.reply.simple("HELP");
  client.reply.simple("    Prints this help.");
}

namespace {

// A leading number; what does not begin with one is 0, as everywhere in DEBUG.
double leading_number(std::string_view text) { return std::strtod(std::string(text).c_str(), nullptr); }

// Blocks the whole server, as a slow command would.
void debug_sleep(Client& client, Args args) {
  double seconds = leading_number(args[2]);
  if (seconds > 0) {
    timespec left{};
    left.tv_sec = static_cast<time_t>(seconds);
    left.tv_nsec = static_cast<long>((seconds - static_cast<double>(left.tv_sec)) * 1e9);
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
  }
  client.reply.ok();
}

void debug_set_active_expire(Client& client, Args args) {
  client.server.get<DebugCommands>().active_expire = leading_number(args[2]) != 0;
  client.reply.ok();
}

void debug_pause_cron(Client& client, Args args) {
  client.server.cron_paused = leading_number(args[2]) != 0;
  client.reply.ok();
}

// DEBUG STRINGMATCH-LEN pattern text: does the glob match?
void debug_stringmatch_len(Client& client, Args args) { client.reply.integer(glob_match(args[2], args[3]) ? 1 : 0); }

void debug_log(Client& client, Args args) {
  log_warning("DEBUG LOG: {}", args[2]);
  client.reply.ok();
}

// Not counted as an error of the server, for it is none.
void debug_error(Client& client, Args args) {
  std::string text(args[2]);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  client.reply.raw("-" + text + "\r\n");
}

// A real fault, so that the whole way of a crash is walked: a write to memory that may only be read.
void debug_segfault(Client&, Args) {
  auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* memory = mmap(nullptr, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  STRATA_ASSERT(memory != MAP_FAILED, "no page to crash on");
  *static_cast<volatile char*>(memory) = 'x';
}

void debug_panic(Client&, Args) { STRATA_PANIC("called by DEBUG PANIC"); }

void debug_assert(Client& client, Args) { STRATA_ASSERT(client.fd == INT_MIN, "called by DEBUG ASSERT"); }

// Reply buffers here come from a pool and keep no peaks: the switches are accepted so that test suites run.
void debug_replybuffer(Client& client, Args args) {
  if (equals_nocase(args[2], "peak-reset-time") || equals_nocase(args[2], "resizing")) {
    client.reply.ok();
  } else {
    reply_bad_subcommand(client, args);
  }
}

void debug_command(Client& client, Args args) {
  if (!allows(client.server.get<CoreOptions>().debug_command, client)) {
    client.reply.error(
        "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run "
        "it from a "
        "local connection, otherwise you need to set this option in the configuration file, and then restart "
        "the "
        "server.");
    return;
  }
  client.server.get<DebugCommands>().run(client, args);
}

}  // namespace

void install_debug_commands(Server& server) {
  auto& debug = server.own<DebugCommands>();
  debug.add("assert", 2, debug_assert, {"ASSERT", "    Crash by assertion failed."});
  debug.add("error", 3, debug_error,
            {"ERROR <string>", "    Return a Redis protocol error with <string> as message. Useful for clients",
             "    unit tests to simulate Redis errors."});
  debug.add("log", 3, debug_log, {"LOG <message>", "    Write <message> to the server log."});
  debug.add("panic", 2, debug_panic, {"PANIC", "    Crash the server simulating a panic."});
  debug.add("pause-cron", 3, debug_pause_cron, {"PAUSE-CRON <0|1>", "    Stop periodic cron job processing."});
  debug.add("protocol", 3, debug_protocol,
            {"PROTOCOL <type>", "    Reply with a test value of the specified type. <type> can be: string,",
             "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,", "    true, false."});
  debug.add("replybuffer", 4, debug_replybuffer,
            {"REPLYBUFFER PEAK-RESET-TIME <NEVER||RESET|time>", "    Accepted and without effect.",
             "REPLYBUFFER RESIZING <0|1>", "    Accepted and without effect."});
  debug.add("segfault", 2, debug_segfault, {"SEGFAULT", "    Crash the server with sigsegv."});
  debug.add("set-active-expire", 3, debug_set_active_expire,
            {"SET-ACTIVE-EXPIRE <0|1>", "    Setting it to 0 disables expiring keys in background when they are not",
             "    accessed (otherwise the Redis behavior). Setting it to 1 reenables back the", "    default."});
  debug.add("sleep", 3, debug_sleep, {"SLEEP <seconds>", "    Stop the server for <seconds>. Decimals allowed."});
  debug.add("stringmatch-len", 4, debug_stringmatch_len,
            {"STRINGMATCH-LEN <pattern> <string>", "    Tell whether the glob <pattern> matches <string>: 1 or 0."});
  server.commands.add({.name = "debug",
                       .arity = -2,
                       .flags = kAdmin | kNoScript | kLoading | kStale | kProtected,
                       .run = debug_command});
}

}  // namespace strata::resp
