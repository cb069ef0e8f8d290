// Holding clients back for a while: CLIENT PAUSE, and later stages that need quiet (a failover, a shutdown).
//
//   kWrites   commands that change data or reach other servers wait; reading goes on
//   kAll      everything waits
//
// A command that must wait is put aside and its client suspended; both go on, in the order of arrival, when
// the pause ends or is lifted. Replicas are never held back. Several purposes may pause at the same time: the
// strictest mode counts, until the last of them ends. A pause that is renewed is never shortened or weakened.
//
// While nothing is paused no command pays for it: the gate is armed by the pause.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "01_resp_server/server/server.h"

namespace strata::resp {

class ClientPause {
 public:
  enum class Mode : uint8_t { kNone, kWrites, kAll };
  enum class Purpose : uint8_t { kCommand, kShutdown, kFailover, kCount };

  explicit ClientPause(Server& server);

  // `end_ms` is on the loop's clock; an end that has passed pauses nothing.
  void pause(Purpose purpose, Mode mode, int64_t end_ms);
  void unpause(Purpose purpose);

  // What is held back now. Expiry and eviction look here too: under a pause the data set must not change by
  // itself.
  Mode mode() const { return mode_; }

  // Commands of which only their client knows whether they write (EXEC): asked in mode kWrites for every
  // command that the test of the spec let through, so register a cheap one.
  using Writes = bool (*)(const Client&, const CommandSpec&);
  void also_writes(Writes writes) { also_writes_.push_back(writes); }

  // Called when a pause has ended or become weaker, before those who waited go on.
  void on_release(std::function<void()> hook) { release_hooks_.push_back(std::move(hook)); }

  // Is a command of this client being held back?
  static bool holds(const Client& client);
  size_t held_count() const { return waiting_.size(); }  // they count as blocked clients

 private:
  struct Pause {
    Mode mode = Mode::kNone;
    int64_t end_ms = 0;
  };
  static bool gate(Client& client, const CommandSpec& spec, Args args);
  bool concerns(const Client& client, const CommandSpec& spec) const;
  void put_aside(Client& client, Args args);
  void refresh();  // derives mode and timer from the pauses; releases who waits when none is left
  void release();

  Server& server_;
  GateBit gate_bit_;
  std::array<Pause, static_cast<size_t>(Purpose::kCount)> pauses_;
  Mode mode_ = Mode::kNone;
  net::TimerId timer_ = 0;         // 0: none
  std::vector<uint64_t> waiting_;  // clients with a command put aside, in the order of arrival
  std::vector<Writes> also_writes_;
  std::vector<std::function<void()>> release_hooks_;
};

// CLIENT PAUSE timeout [WRITE|ALL] and CLIENT UNPAUSE
void client_pause_command(Client& client, Args args);
void client_unpause_command(Client& client, Args args);

}  // namespace strata::resp
