// DEBUG DIGEST and DEBUG DIGEST-VALUE.
#include "01_resp_server/commands/debug_commands.h"
#include "01_resp_server/commands/support.h"
#include "03_rdb_snapshot/digest/data_digest.h"
#include "03_rdb_snapshot/families.h"

namespace strata::rdb {

namespace {

using namespace resp;

void debug_digest(Client& client, Args) { client.reply.simple(digest_of_data(keyspace_of(client)).text()); }

// A key that is not there has a digest of zeros.
void debug_digest_value(Client& client, Args args) {
  Args keys = args.subspan(2);
  client.reply.array(keys.size());
  for (std::string_view key : keys) {
    db::Ref ref = database_of(client).find_even_expired(key);
    client.reply.simple((ref ? digest_of_value(*ref) : Digest()).text());
  }
}

}  // namespace

void install_digest(Server& server) {
  auto& debug = server.get<DebugCommands>();
  debug.add("digest", 2, debug_digest,
            {"DIGEST", "    A fingerprint of all data: servers that hold the same have the same."});
  debug.add("digest-value", -2, debug_digest_value,
            {"DIGEST-VALUE <key> [<key> ...]", "    The fingerprint of each key's value."});
}

}  // namespace strata::rdb
