// The handlers of the set commands, by file, for install_sets.cpp.
#pragma once

#include "01_resp_server/commands/support.h"
#include "02_data_types/values/set_value.h"

namespace strata::db {

using resp::Args;
using resp::Client;
using resp::database_of;
using resp::keyspace_of;

// set_member_commands.cpp: one set, given members
void sadd_command(Client&, Args);
void srem_command(Client&, Args);
void smove_command(Client&, Args);
void sismember_command(Client&, Args);
void smismember_command(Client&, Args);
void scard_command(Client&, Args);
void smembers_command(Client&, Args);
void sscan_command(Client&, Args);

// set_random_commands.cpp: members that chance chooses
void spop_command(Client&, Args);
void srandmember_command(Client&, Args);

// set_algebra_commands.cpp: several sets
void sinter_command(Client&, Args);
void sintercard_command(Client&, Args);
void sinterstore_command(Client&, Args);
void sunion_command(Client&, Args);
void sunionstore_command(Client&, Args);
void sdiff_command(Client&, Args);
void sdiffstore_command(Client&, Args);

inline const SetLimits& set_limits(Client& client) { return client.server.get<SetLimits>(); }

// The entry of the set at `key`, for a reader; null when there is none. False after the answer to a wrong type.
bool read_set(Client& client, std::string_view key, const Entry** entry);

// The whole set as a reply.
void reply_set(resp::Reply& reply, const SetValue& set);

// Tells that members were taken out of a set, as `event`; an empty set goes with its key.
void members_removed(Client& client, Ref ref, std::string_view key, std::string_view event, uint64_t by);

}  // namespace strata::db
