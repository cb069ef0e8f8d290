// The HELP subcommand of containers: one form for all of them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "01_resp_server/server/client.h"

namespace strata::resp {

// Answers `<NAME> HELP`. `lines` alternates usages ("GET <pattern>") with descriptions indented by four
// spaces; the heading and the entry for HELP itself are added here. `name` in upper case.
inline void reply_help(Client& client, std::string_view name, std::initializer_list<std::string_view> lines) {
  client.reply.array(lines.size() + 3);
  client.reply.simple(std::string(name) + " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (std::string_view line : lines) client.reply.simple(line);
  client.reply.simple("HELP");
  client.reply.simple("    Prints this help.");
}

}  // namespace strata::resp
