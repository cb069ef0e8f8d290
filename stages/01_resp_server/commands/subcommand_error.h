// The answer to a subcommand that exists but not with this number of arguments, where its arity alone cannot
// tell.
#pragma once

#include <fmt/format.h>

#include "01_resp_server/server/client.h"
#include "common/text.h"

namespace strata::resp {

inline void reply_bad_subcommand(Client& client, Args args) {
  client.reply.error(fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
                                 until_zero(args[1]).substr(0, 128), to_upper(args[0])));
}

}  // namespace strata::resp
