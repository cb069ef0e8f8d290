// CLUSTER SETSLOT: the steps in which a slot moves from one master to another.
//
//   target   SETSLOT s IMPORTING source     serves the slot's keys to those who say ASKING
//   source   SETSLOT s MIGRATING target     sends who asks for keys that are gone to the target
//            keys go over, one MIGRATE after the other
//   both     SETSLOT s NODE target          the slot is the target's, under a new epoch
//            SETSLOT s STABLE               never mind
#include "01_resp_server/commands/subcommand_error.h"
#include "01_resp_server/commands/support.h"
#include "08_cluster/commands/cluster_commands.h"
#include "common/log.h"

namespace strata::cluster {

using namespace resp;

namespace {

Node* master_argument(Client& client, std::string_view id, std::string_view unknown) {
  Node* node = cluster_of(client).view().find(id);
  if (node == nullptr) {
    client.reply.error(fmt::format("ERR {} {}", unknown, id));
  } else if (node->is_replica()) {
    client.reply.error("ERR Target node is not a master");
    node = nullptr;
  }
  return node;
}

// Begins the move at one of its ends.
void open_slot(Client& client, int slot, std::string_view id, bool leaving) {
  View& view = cluster_of(client).view();
  const bool mine = view.owner(slot) == &view.myself();
  if (mine != leaving) {
    client.reply.error(
        fmt::format("ERR I'm {} of hash slot {}", leaving ? "not the owner" : "already the owner", slot));
    return;
  }
  Node* other = master_argument(client, id, "I don't know about node");
  if (other == nullptr) return;
  leaving ? view.set_migrating(slot, other) : view.set_importing(slot, other);
  view.due.save = view.due.evaluate = true;
  client.reply.ok();
}

void give_slot(Client& client, int slot, std::string_view id) {
  Cluster& cluster = cluster_of(client);
  View& view = cluster.view();
  Node& myself = view.myself();
  Node* target = master_argument(client, id, "Unknown node");
  if (target == nullptr) return;
  const bool leaves = view.owner(slot) == &myself && target != &myself;
  const bool empty = cluster.keys_in(slot) == 0;
  if (leaves && !empty) {
    client.reply.error(fmt::format(
        "ERR Can't assign hashslot {} to a different node while I still hold keys for this hash slot.", slot));
    return;
  }
  if (empty) view.set_migrating(slot, nullptr);
  view.assign(slot, *target);
  view.due.save = view.due.evaluate = true;
  if (leaves && myself.slot_count == 0 && cluster.options.settings.allow_replica_migration) {
    log_notice("Configuration change detected. Reconfiguring myself as a replica of {}", target->id);
    cluster.member().claims.follow(*target);
  }
  if (target == &myself && view.importing_from(slot) != nullptr) {
    // The claim must win against the old owner's: only a newer epoch does.
    cluster.member().epochs.bump();
    view.set_importing(slot, nullptr);
    cluster.member().messenger.broadcast_pong();
  }
  client.reply.ok();
}

}  // namespace

// [task 8.4] Move a slot, one step.
void setslot_command(Client& client, Args args) {
  View& view = cluster_of(client).view();
  if (view.myself().is_replica()) {
    client.reply.error("ERR Please use SETSLOT only with masters.");
    return;
  }
  const std::optional<int> slot = slot_argument(client, args[2]);
  if (!slot) return;
  const std::string_view action = args[3];
  if (equals_nocase(action, "migrating") && args.size() == 5) {
    open_slot(client, *slot, args[4], true);
  } else if (equals_nocase(action, "importing") && args.size() == 5) {
    open_slot(client, *slot, args[4], false);
  } else if (equals_nocase(action, "node") && args.size() == 5) {
    give_slot(client, *slot, args[4]);
  } else if (equals_nocase(action, "stable") && args.size() == 4) {
    view.set_migrating(*slot, nullptr);
    view.set_importing(*slot, nullptr);
    view.due.save = view.due.evaluate = true;
    client.reply.ok();
  } else {
    client.reply.error("ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP");
  }
}

}  // namespace strata::cluster
