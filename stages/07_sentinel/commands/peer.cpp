// What other sentinels ask, and who this one is.
#include <limits>

#include "01_resp_server/commands/support.h"
#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"
#include "07_sentinel/failover/votes.h"

namespace strata::sentinel {

namespace {

void is_master_down_command(Client& client, Args args) {
  Sentinel& sentinel = sentinel_of(client);
  int64_t port = 0;
  int64_t epoch = 0;
  if (!resp::integer_argument(client, args[3], &port) || !resp::integer_argument(client, args[4], &epoch)) return;
  Master* master = sentinel.find_at(std::string(args[2]), static_cast<int>(port));
  const bool down = master != nullptr && !sentinel.tilt.active() && master->s_down;
  const bool wants_vote = master != nullptr && args[5] != "*";
  if (wants_vote) vote(sentinel, *master, static_cast<uint64_t>(epoch), args[5]);
  client.reply.array(3);
  client.reply.integer(down ? 1 : 0);
  client.reply.bulk(wants_vote && !master->leader.empty() ? std::string_view(master->leader) : "*");
  client.reply.integer(wants_vote ? static_cast<int64_t>(master->leader_epoch) : 0);
}

void myid_command(Client& client, Args) { client.reply.bulk(sentinel_of(client).id); }

}  // namespace

std::vector<CommandSpec> peer_commands() {
  return {
      admin_command("is-master-down-by-addr", 6, is_master_down_command),
      admin_command("myid", 2, myid_command),
  };
}

}  // namespace strata::sentinel
