#include "08_cluster/core/claims.h"

#include "common/log.h"

namespace strata::cluster {

Claims::Losses Claims::take(Node& claimer, uint64_t epoch, const SlotSet& claimed, const Node& my_master) {
  Losses losses;
  for (int slot = 0; slot < kSlots; ++slot) {
    Node* owner = view_.owner(slot);
    if (!claimed.has(slot)) {
      if (owner == &claimer) view_.unclaimed.add(slot);
      continue;
    }
    if (owner == &claimer) {
      view_.unclaimed.remove(slot);
      continue;
    }
    if (view_.importing_from(slot) != nullptr) continue;  // whoever moves the slot says when that is done
    if (owner != nullptr && !view_.unclaimed.has(slot) && owner->config_epoch >= epoch) continue;
    if (owner != nullptr && view_.is_myself(*owner) && host_.keys_in(slot) > 0) losses.with_keys.push_back(slot);
    if (owner == &my_master) ++losses.from_my_master;
    view_.assign(slot, claimer);
    view_.due.save = view_.due.sync = view_.due.evaluate = true;
  }
  return losses;
}

// [task 8.12] Decide about the slots that a master claims.
void Claims::apply(Node& claimer, uint64_t epoch, const SlotSet& claimed) {
  if (view_.is_myself(claimer)) {
    log_warning("Discarding UPDATE message about myself.");
    return;
  }
  Node& my_master = view_.my_master();
  const Losses losses = take(claimer, epoch, claimed, my_master);

  const bool lost_all = losses.from_my_master > 0 && my_master.slot_count == 0;
  if (lost_all && (settings_.allow_replica_migration || claimer.slot_count == losses.from_my_master)) {
    log_notice("Configuration change detected. Reconfiguring myself as a replica of {}", claimer.id);
    follow(claimer);
    view_.due.sync = true;
    return;
  }
  Node* master = view_.myself().master;
  if (master != nullptr && master->master != nullptr && !view_.is_myself(*master->master)) {
    log_notice("I'm a sub-replica! Reconfiguring myself from {} to {}", master->id, master->master->id);
    follow(*master->master);
    return;
  }
  for (int slot : losses.with_keys) host_.drop_keys(slot);
}

void Claims::correct(Node& sender, uint64_t epoch, const SlotSet& claimed) {
  if (sender.link == nullptr) return;
  for (int slot = 0; slot < kSlots; ++slot) {
    if (!claimed.has(slot)) continue;
    const Node* owner = view_.owner(slot);
    const Node* told = sender.is_replica() && sender.master != nullptr ? sender.master : &sender;
    if (owner == nullptr || owner == &sender || owner == told || view_.unclaimed.has(slot)) continue;
    if (owner->config_epoch <= epoch) continue;
    log_verbose("Node {} has old slots configuration, sending an UPDATE message about {}", sender.id, owner->id);
    Packet packet = messenger_.packet(PacketType::kUpdate);
    packet.subject = owner->id;
    packet.subject_epoch = owner->config_epoch;
    packet.subject_slots = *owner->slots;
    view_.unclaimed.each([&packet](int lost) { packet.subject_slots.remove(lost); });
    messenger_.send(*sender.link, packet);
    return;  // one owner at a time: the next PONG shows what is left to correct
  }
}

void Claims::on_update(const Packet& packet) {
  Node* subject = view_.find(packet.subject);
  if (subject == nullptr || subject->config_epoch >= packet.subject_epoch) return;
  if (subject->is_replica()) view_.make_master(*subject);
  subject->config_epoch = packet.subject_epoch;
  view_.due.save = view_.due.sync = true;
  apply(*subject, packet.subject_epoch, packet.subject_slots);
}

void Claims::follow(Node& master) {
  Node& myself = view_.myself();
  if (myself.is_master()) view_.close_slots();
  view_.make_replica(myself, &master);
  host_.replicate(master);
  if (on_role_change) on_role_change();
  if (master.link != nullptr) messenger_.ping(*master.link, PacketType::kPong);  // it need not wait to know its replica
}

}  // namespace strata::cluster
