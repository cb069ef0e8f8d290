#include "01_resp_server/server/gates.h"

#include <algorithm>

#include "common/assert.h"

namespace strata::resp {

GateBit Gates::add(std::string_view name, GateRank rank, Concerns concerns, Check check) {
  STRATA_ASSERT(gates_.size() < 64, "no bit left for gate {}", name);
  GateBit bit = 1ull << gates_.size();
  auto at =
      std::upper_bound(gates_.begin(), gates_.end(), rank, [](GateRank r, const Gate& gate) { return r < gate.rank; });
  gates_.insert(at, Gate{name, rank, bit, std::move(concerns), check});
  return bit;
}

uint64_t Gates::bits_for(const CommandSpec& spec) const {
  uint64_t bits = 0;
  for (const Gate& gate : gates_) {
    if (gate.concerns(spec)) bits |= gate.bit;
  }
  return bits;
}

GateBit Gates::bits_between(GateRank first, GateRank last) const {
  GateBit bits = 0;
  for (const Gate& gate : gates_) {
    if (gate.rank >= first && gate.rank <= last) bits |= gate.bit;
  }
  return bits;
}

// [task 1.3] Ask the gates that concern a command, in the order of their ranks.
bool Gates::pass(uint64_t bits, Client& client, const CommandSpec& spec, Args args) const {
  for (const Gate& gate : gates_) {
    if ((gate.bit & bits) != 0 && !gate.check(client, spec, args)) return false;
  }
  return true;
}

}  // namespace strata::resp
