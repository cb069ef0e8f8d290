#include "02_data_types/scripting/running/flag_gate.h"

#include <algorithm>

#include "02_data_types/scripting/running/script_runner.h"

namespace strata::script {

static_assert((kNoWrites | kAllowOom | kAllowStale) == 7, "the index of a likeness");

FlagGate::FlagGate(resp::Server& server) : server_(server) {
  const resp::GateBit bit = server.gates.add(
      "script flags", resp::GateRank::kScriptFlags,
      [this](const resp::CommandSpec& spec) {
        return std::any_of(concerned_.begin(), concerned_.end(),
                           [&](const Concerned& each) { return each.name == spec.full_name; });
      },
      gate);
  server.armed |= bit;
  server.on_start([this] {
    const resp::Gates& gates = server_.gates;
    const resp::GateBit judged = gates.bits_between(resp::GateRank::kOutOfMemory, resp::GateRank::kMasterDown);
    for (uint32_t flags = 0; flags < likenesses_.size(); flags++) {
      Likeness& like = likenesses_[flags];
      like.spec.name = "eval";
      like.spec.full_name = "eval";
      like.spec.flags = (flags & kNoWrites) != 0 ? uint64_t{resp::kReadOnly} : uint64_t{resp::kWrite};
      if ((flags & (kNoWrites | kAllowOom)) == 0) like.spec.flags |= resp::kDenyOom;
      if ((flags & kAllowStale) != 0) like.spec.flags |= resp::kStale;
      like.gates = gates.bits_for(like.spec) & judged;
    }
    return Status();
  });
}

const FlagGate::Likeness& FlagGate::likeness(uint32_t flags) const { return likenesses_[flags & 7]; }

bool FlagGate::gate(resp::Client& client, const resp::CommandSpec& spec, resp::Args args) {
  FlagGate& self = client.server.get<FlagGate>();
  auto concerned = std::find_if(self.concerned_.begin(), self.concerned_.end(),
                                [&](const Concerned& each) { return each.name == spec.full_name; });
  uint32_t flags = 0;
  if (client.obeyed() || !concerned->flags_of(client, args, &flags)) return true;
  const Likeness& like = self.likeness(flags);
  const uint64_t asked = like.gates & (client.server.armed | client.armed);
  return asked == 0 || client.server.gates.pass(asked, client, like.spec, args);
}

bool may_start(resp::Client& client, uint32_t flags, bool read_only) {
  const auto& runner = client.server.get<ScriptRunner>();
  if (const std::string_view error = runner.objection ? runner.objection(flags) : ""; !error.empty()) {
    client.reply.error(error);
    return false;
  }
  if (!read_only || (flags & (kNoWrites | kNoShebang)) != 0) return true;
  client.reply.error("ERR Can not execute a script with write flag using *_ro command.");
  return false;
}

}  // namespace strata::script
