// CLUSTER ADDSLOTS, DELSLOTS and their forms for ranges, FLUSHSLOTS, COUNTKEYSINSLOT, GETKEYSINSLOT, KEYSLOT.
#include "01_resp_server/commands/support.h"
#include "08_cluster/commands/cluster_commands.h"

namespace strata::cluster {

using namespace resp;

namespace {

bool takes(Client& client, bool add, int slot, SlotSet& wanted) {
  const bool owned = cluster_of(client).view().owner(slot) != nullptr;
  if (owned == add) {
    client.reply.error(fmt::format("ERR Slot {} is already {}", slot, add ? "busy" : "unassigned"));
    return false;
  }
  if (wanted.has(slot)) {
    client.reply.error(fmt::format("ERR Slot {} specified multiple times", slot));
    return false;
  }
  wanted.add(slot);
  return true;
}

void change(Client& client, bool add, const SlotSet& wanted) {
  View& view = cluster_of(client).view();
  wanted.each([&](int slot) {
    view.set_importing(slot, nullptr);
    if (add) {
      view.assign(slot, view.myself());
    } else {
      view.unassign(slot);
    }
  });
  view.due.save = view.due.evaluate = true;
  client.reply.ok();
}

// [task 8.4] Take slots that are nobody's, or give some up.
void change_slots(Client& client, Args args, bool add) {
  std::vector<int> slots;
  for (std::string_view word : args.subspan(2)) {
    const std::optional<int> slot = slot_argument(client, word);
    if (!slot) return;
    slots.push_back(*slot);
  }
  SlotSet wanted;
  for (int slot : slots) {
    if (!takes(client, add, slot, wanted)) return;
  }
  change(client, add, wanted);
}

// [task 8.4] The same for ranges of slots.
void change_ranges(Client& client, Args args, bool add) {
  if (args.size() % 2 != 0) {
    client.reply.error(
        fmt::format("ERR wrong number of arguments for 'cluster|{}' command", add ? "addslotsrange" : "delslotsrange"));
    return;
  }
  std::vector<std::pair<int, int>> ranges;
  for (size_t i = 2; i < args.size(); i += 2) {
    const std::optional<int> first = slot_argument(client, args[i]);
    if (!first) return;
    const std::optional<int> last = slot_argument(client, args[i + 1]);
    if (!last) return;
    if (*first > *last) {
      client.reply.error(fmt::format("ERR start slot number {} is greater than end slot number {}", *first, *last));
      return;
    }
    ranges.emplace_back(*first, *last);
  }
  SlotSet wanted;
  for (const auto& [first, last] : ranges) {
    for (int slot = first; slot <= last; ++slot) {
      if (!takes(client, add, slot, wanted)) return;
    }
  }
  change(client, add, wanted);
}

}  // namespace

std::optional<int> slot_argument(Client& client, std::string_view text, std::string_view error) {
  int64_t slot = 0;
  if (parse_int64(text, &slot) && slot >= 0 && slot < kSlots) return static_cast<int>(slot);
  client.reply.error(error);
  return std::nullopt;
}

void addslots_command(Client& client, Args args) { change_slots(client, args, true); }
void delslots_command(Client& client, Args args) { change_slots(client, args, false); }
void addslotsrange_command(Client& client, Args args) { change_ranges(client, args, true); }
void delslotsrange_command(Client& client, Args args) { change_ranges(client, args, false); }

void flushslots_command(Client& client, Args) {
  Cluster& cluster = cluster_of(client);
  if (cluster.database().size() != 0) {
    client.reply.error("ERR DB must be empty to perform CLUSTER FLUSHSLOTS.");
    return;
  }
  cluster.view().unassign_all(cluster.view().myself());
  cluster.view().due.save = cluster.view().due.evaluate = true;
  client.reply.ok();
}

void countkeysinslot_command(Client& client, Args args) {
  int64_t slot = 0;
  if (!integer_argument(client, args[2], &slot)) return;
  if (slot < 0 || slot >= kSlots) {
    client.reply.error("ERR Invalid slot");
    return;
  }
  client.reply.integer(static_cast<int64_t>(cluster_of(client).keys_in(static_cast<int>(slot))));
}

void getkeysinslot_command(Client& client, Args args) {
  int64_t slot = 0;
  int64_t most = 0;
  if (!integer_argument(client, args[2], &slot) || !integer_argument(client, args[3], &most)) return;
  if (slot < 0 || slot >= kSlots || most < 0) {
    client.reply.error("ERR Invalid slot or number of keys");
    return;
  }
  const db::EntryTable& table = cluster_of(client).database().table(static_cast<size_t>(slot));
  auto left = std::min<size_t>(table.size(), static_cast<size_t>(most));
  client.reply.array(left);
  table.each([&](const db::Entry* entry) {
    if (left == 0) return;
    --left;
    client.reply.bulk(entry->key());
  });
}

void keyslot_command(Client& client, Args args) { client.reply.integer(key_slot(args[2])); }

}  // namespace strata::cluster
