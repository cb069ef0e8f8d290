// Asking the other sentinels whether a master is down, asking them for their votes, and giving one's own.
//
//   SENTINEL is-master-down-by-addr <ip> <port> <current epoch> *           is it down for you?
//   SENTINEL is-master-down-by-addr <ip> <port> <epoch of the failover> <my id>   ... and will you vote for me?
//   -> [down, leader or *, leader's epoch]
//
// A sentinel votes once per epoch and master, for whoever asks first, and writes that down before it answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "07_sentinel/sentinel.h"

namespace strata::sentinel {

enum class Asking : uint8_t { kWhenDue, kNow };
void ask_others(Sentinel& sentinel, Master& master, Asking asking);

// Votes, unless that has been done in this epoch or a later one; the vote that counts is in master.leader afterwards.
void vote(Sentinel& sentinel, Master& master, uint64_t epoch, std::string_view candidate);

// The leader of this failover, as far as the votes are known: casts the own vote. Empty: there is none yet.
std::string elect(Sentinel& sentinel, Master& master, uint64_t epoch);

}  // namespace strata::sentinel
