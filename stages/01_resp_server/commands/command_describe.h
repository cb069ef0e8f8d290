// How COMMAND describes commands: one reply for each of COMMAND INFO's and COMMAND DOCS's entries.
#pragma once

#include "01_resp_server/resp/reply.h"
#include "01_resp_server/server/command.h"

namespace strata::resp {

// Ten elements; those of a container's subcommands are nested in the last:
//
//   name  arity  {flags}  first key  last key  step  {@categories}  {tips}  {key specs}  [subcommands]
void reply_command_info(Reply& reply, const CommandSpec& spec);

// A map of summary, since, group, complexity, history, arguments...; entries without content are left out.
void reply_command_docs(Reply& reply, const CommandSpec& spec);

// The key flags by name, as a set: RW access update.
void reply_key_flags(Reply& reply, uint32_t flags);

}  // namespace strata::resp
