// The gate that every command with keys passes in a cluster, and the commands that tell it about a client: ASKING (the
// next command is about a slot that is on its way here), READONLY (a replica may answer), READWRITE.
#include "01_resp_server/commands/client_list.h"
#include "01_resp_server/commands/client_reset.h"
#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "01_resp_server/server/key_finder.h"
#include "02_data_types/scripting/running/script_runner.h"
#include "02_data_types/transactions/transactions.h"
#include "08_cluster/families.h"
#include "08_cluster/server/redirect.h"

namespace strata::cluster {

using namespace resp;

namespace {

struct ClientState {
  bool read_only = false;
};
const ExtensionKey<ClientState> kClientState;

struct Redirections {
  GateBit redirect = 0;
  GateBit asked = 0;
  int slot = -1;  // of the client's command that is running, or of the first key that its script has used; -1: none
};

bool named(const CommandSpec& spec, std::string_view name) { return spec.parent == nullptr && spec.name == name; }

bool has_shard_channels(const CommandSpec& spec) {
  return !spec.keys.empty() && (spec.keys[0].flags & kKeyNotKey) != 0 && spec.is(kPubsub);
}

bool concerns(const CommandSpec& spec) { return takes_keys(spec) || has_shard_channels(spec) || named(spec, "exec"); }

void add_keys(Placement& placement, const CommandSpec& spec, Args args) {
  if (has_shard_channels(spec)) {
    const KeySpec& where = spec.keys[0];
    const size_t end = where.last < 0 ? args.size() : static_cast<size_t>(where.index) + 1;
    for (auto i = static_cast<size_t>(where.index); i < end; ++i) placement.add(args[i], true);
    return;
  }
  static std::vector<FoundKey> keys;  // one thread runs commands; kept, so that nothing is allocated
  keys.clear();
  if (!find_keys(spec, args, keys)) return;
  for (const FoundKey& key : keys) placement.add(args[static_cast<size_t>(key.index)], false);
}

// ASKING holds for one command, or for the whole of a transaction that it stands before.
void end_asking(Client& client, const CommandSpec& spec) {
  const bool ends = named(spec, "exec") || named(spec, "discard") || named(spec, "reset");
  if (named(spec, "multi") || (db::Transactions::open(client) && !ends)) return;
  client.armed &= ~client.server.get<Redirections>().asked;
}

// A script cannot be redirected once it runs.
std::string_view error_in_script(std::string_view verdict) {
  if (verdict.starts_with("CLUSTERDOWN")) return "ERR Script attempted to execute a command while the cluster is down";
  return "ERR Script attempted to access a non local key in a cluster node";
}

// A script that says what it is (#!lua) keeps to one slot, unless it says that it does not.
bool keeps_to_one_slot(const script::ScriptRun& run) {
  return (run.flags & (script::kNoShebang | script::kAllowCrossSlot)) == 0;
}

bool script_may(Client& client, const Placement& placement, const std::string& error) {
  int& slot = client.server.get<Redirections>().slot;
  const script::ScriptRun* run = client.server.get<script::ScriptRunner>().running();
  if (!error.empty()) {
    client.reply.error(error_in_script(error));
    return false;
  }
  if (placement.slot() < 0) return true;
  if (slot >= 0 && slot != placement.slot() && run != nullptr && keeps_to_one_slot(*run)) {
    client.reply.error("ERR Script attempted to access keys that do not hash to the same slot");
    return false;
  }
  slot = placement.slot();
  return true;
}

// [task 8.5] Find out whether a command with keys is to be served here.
bool redirect_gate(Client& client, const CommandSpec& spec, Args args) {
  if (client.obeyed()) return true;
  const Client& asker = client.server.get<script::ScriptRunner>().caller_of(client);
  const ClientState* state = asker.ext.get(kClientState);
  KeyedRequest request;
  request.write = (db::Transactions::flags_in_effect(client, spec) & kWrite) != 0;
  request.shard_channels = has_shard_channels(spec);
  request.migrate = named(spec, "migrate");
  request.asking = spec.is(kAsking) || (asker.armed & client.server.get<Redirections>().asked) != 0;
  request.read_only_client = state != nullptr && state->read_only;

  Placement placement(client.server.get<Cluster>());
  if (!named(spec, "exec")) {
    add_keys(placement, spec, args);
  } else if (const db::CommandQueue* queue = db::Transactions::queue(client)) {
    for (const db::QueuedCommand& command : queue->commands()) add_keys(placement, command.spec(), command.args());
  }
  const std::string error = placement.verdict(request);
  if (&asker != &client) return script_may(client, placement, error);
  client.server.get<Redirections>().slot = placement.slot();
  if (error.empty()) return true;
  client.reply.set_error_prefix({});  // a redirection on EXEC is one, and no EXECABORT
  client.reply.error(error);
  return false;
}

// Comes behind the other, and lets every command pass.
bool asked_gate(Client& client, const CommandSpec& spec, Args) {
  end_asking(client, spec);
  return true;
}

void asking_command(Client& client, Args) {
  if (!client.server.get<Cluster>().enabled()) {
    client.reply.error(kDisabledError);
    return;
  }
  client.armed |= client.server.get<Redirections>().asked;
  client.reply.ok();
}

template <bool kReadOnlyMode>
void mode_command(Client& client, Args) {
  if (!client.server.get<Cluster>().enabled()) {
    client.reply.error(kDisabledError);
    return;
  }
  client.ext.ensure(kClientState).read_only = kReadOnlyMode;
  client.reply.ok();
}

}  // namespace

bool is_read_only(const Client& client) {
  const ClientState* state = client.ext.get(kClientState);
  return state != nullptr && state->read_only;
}

void install_redirections(Server& server) {
  auto& bits = server.own<Redirections>();
  bits.redirect = server.gates.add("redirect", GateRank::kRedirect, concerns, redirect_gate);
  bits.asked = server.gates.add(
      "asking", GateRank::kAsked, [](const CommandSpec& spec) { return !named(spec, "asking"); }, asked_gate);
  server.on_reject([](Client& client) {
    const CommandSpec* spec = client.last_command;
    if (!db::Transactions::open(client) || (spec != nullptr && named(*spec, "exec"))) {
      client.armed &= ~client.server.get<Redirections>().asked;
    }
  });
  ClientReset::of(server).on_reset([](Client& client) { client.ext.ensure(kClientState).read_only = false; });
  ClientLines::of(server).set_flag('r', is_read_only);

  server.commands.add(
      {.name = "asking", .arity = 1, .flags = kFast, .categories = kCatConnection, .run = asking_command});
  constexpr uint64_t kFlags = kFast | kLoading | kStale;
  server.commands.add(
      {.name = "readonly", .arity = 1, .flags = kFlags, .categories = kCatConnection, .run = mode_command<true>});
  server.commands.add(
      {.name = "readwrite", .arity = 1, .flags = kFlags, .categories = kCatConnection, .run = mode_command<false>});
  const DocGroup doc(server.commands, "cluster");
  doc("asking", {.summary = "Has the next command served though its slot is still being moved here",
                 .since = "3.0.0",
                 .complexity = "O(1)"});
  doc("readonly", {.summary = "Lets a replica answer this connection's reads of the slots of its master",
                   .since = "3.0.0",
                   .complexity = "O(1)"});
  doc("readwrite",
      {.summary = "Has this connection redirected to masters again", .since = "3.0.0", .complexity = "O(1)"});
}

void arm_redirections(Server& server) {
  server.armed |= server.get<Redirections>().redirect;
  server.get<script::ScriptRunner>().objection = [](uint32_t flags) -> std::string_view {
    return (flags & script::kNoCluster) != 0 ? "ERR Can not run script on cluster, 'no-cluster' flag is set." : "";
  };
}

}  // namespace strata::cluster
