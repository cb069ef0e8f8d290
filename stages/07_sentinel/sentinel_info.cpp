// INFO of a sentinel: the sections of a server that has no data, and one of its own.
#include <fmt/format.h>

#include <algorithm>

#include "01_resp_server/commands/hello.h"
#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"
#include "common/text.h"

namespace strata::sentinel {

namespace {

std::string_view status_of(const Master& master) {
  if (master.o_down) return "odown";
  return master.s_down ? "sdown" : "ok";
}

void sentinel_section(const Sentinel& sentinel, resp::InfoWriter& out) {
  out.field("sentinel_masters", sentinel.masters.size());
  out.field("sentinel_tilt", sentinel.tilt.active());
  out.field("sentinel_tilt_since_seconds",
            sentinel.tilt.active() ? sentinel.tilt.active_for(now_ms()) / 1000 : int64_t{-1});
  out.field("sentinel_running_scripts", sentinel.scripts.running());
  out.field("sentinel_scripts_queue_length", sentinel.scripts.jobs().size());
  out.field("sentinel_simulate_failure_flags", sentinel.simulated_failures);
  size_t number = 0;
  for (const auto& [name, master] : sentinel.masters) {
    out.line("master{}:name={},status={},address={}:{},slaves={},sentinels={}", number++, name, status_of(*master),
             sentinel.settings.shown(master->address), master->address.port, master->replicas.size(),
             master->sentinels.size() + 1);
  }
}

constexpr int kSectionRank = 950;  // behind those of servers

// What it shows without arguments, and all that it can show.
constexpr std::string_view kSections[] = {"server", "clients", "stats", "cpu", "sentinel"};

void info_command(Client& client, Args args) {
  std::vector<std::string> wanted;
  const auto asked = [args](std::string_view section) {
    return args.size() == 1 || std::any_of(args.begin() + 1, args.end(), [section](std::string_view word) {
             return equals_nocase(word, section) || equals_nocase(word, "default") || equals_nocase(word, "all") ||
                    equals_nocase(word, "everything");
           });
  };
  for (const std::string_view section : kSections) {
    if (asked(section)) wanted.emplace_back(section);
  }
  client.reply.verbatim(wanted.empty() ? std::string() : client.server.info.render(wanted));
}

}  // namespace

void install_sentinel_info(resp::Server& server, Sentinel& sentinel) {
  resp::ServerIdentity& identity = resp::ServerIdentity::of(server);
  identity.mode = "sentinel";
  identity.role = {};
  identity.log_role = 'X';
  server.commands.each([](CommandSpec& spec) {
    if (spec.name == "info") spec.run = info_command;
  });
  server.info.section("sentinel", kSectionRank).add([&sentinel](resp::InfoWriter& out) {
    sentinel_section(sentinel, out);
  });
}

}  // namespace strata::sentinel
