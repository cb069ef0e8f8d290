// INFO and TIME: what the server knows of itself.
#include <string>
#include <vector>

#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/lolwut.h"
#include "01_resp_server/server/client.h"
#include "01_resp_server/server/crash_sections.h"
#include "01_resp_server/server/info_sections.h"
#include "01_resp_server/server/server.h"
#include "common/clock.h"
#include "common/text.h"

namespace strata::resp {

namespace {

void info_command(Client& client, Args args) {
  std::vector<std::string> wanted;
  for (std::string_view word : args.subspan(1)) wanted.push_back(to_lower(word));
  client.reply.verbatim(client.server.info.render(wanted));
}

void time_command(Client& client, Args) {
  int64_t now = wall_us();
  client.reply.array(2);
  client.reply.bulk_integer(now / 1'000'000);
  client.reply.bulk_integer(now % 1'000'000);
}

}  // namespace

void install_info_commands(Server& server) {
  install_info_sections(server);
  install_crash_sections(server);
  install_lolwut(server);
  server.commands.add({.name = "info",
                       .arity = -1,
                       .flags = kLoading | kStale,
                       .categories = kCatDangerous,
                       .tips = {"nondeterministic_output", "request_policy:all_shards", "response_policy:special"},
                       .run = info_command});
  server.commands.add({.name = "time",
                       .arity = 1,
                       .flags = kLoading | kStale | kFast,
                       .tips = {"nondeterministic_output"},
                       .run = time_command});
}

}  // namespace strata::resp
