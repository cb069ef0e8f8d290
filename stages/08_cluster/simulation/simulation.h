// A cluster in one process: the members are the real ones (core/), the network and the clock are not.
//
// Events (a packet arrives, a connection opens, a member's cron is due) happen in order of their time, and time jumps from
// one to the next: a minute of a thousand nodes takes as long as their work takes. The same seed gives the same run.
//
//   Simulation sim(seed);
//   sim.add(6);  sim.form({.masters = 3});  sim.run_for(5'000);  sim.kill(0);  sim.run_until(...)
#pragma once

#include <functional>
#include <memory>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "08_cluster/core/member.h"
#include "common/random.h"

namespace strata::cluster {

class Simulation;

// One node: a member and the world that it sees.
class SimulatedNode final : public Bus, public Host {
 public:
  SimulatedNode(Simulation& simulation, int number);

  const int number;
  bool alive = true;
  Settings settings;
  uint64_t applied = 0;  // replication offset: of a replica what it has of its master's
  int64_t paused_until_ms = 0;
  std::vector<uint64_t> keys;  // how many in which slot; empty: none
  std::string followed_ip;     // of a replica; empty: replicates nobody
  int saves = 0;
  int syncs = 0;

  View view;
  Member member;

  // Bus
  Link* open(Node& node) override;
  void close(Link& link) override;
  // Host
  int64_t now_ms() override;
  uint64_t random_below(uint64_t n) override;
  void look_at_election_in(int64_t ms) override;
  void save(bool sync) override { sync ? ++syncs : ++saves; }
  std::string random_id() override;
  uint64_t offset() override { return applied; }
  int64_t master_silence_ms() override { return 0; }
  bool replicates() override { return !followed_ip.empty(); }
  void replicate(const Node& master) override { followed_ip = master.ip; }
  void stop_replicating() override { followed_ip.clear(); }
  void pause_writes(int64_t ms) override { paused_until_ms = now_ms() + ms; }
  void resume_writes() override { paused_until_ms = 0; }
  uint64_t keys_in(int slot) override { return keys.empty() ? 0 : keys[static_cast<size_t>(slot)]; }
  void drop_keys(int slot) override { keys[static_cast<size_t>(slot)] = 0; }
  void deliver(std::string_view, std::string_view, bool) override {}

 private:
  friend class Simulation;
  class End;  // of a connection
  void crash();

  Simulation& simulation_;
  std::vector<std::shared_ptr<End>> ends_;
};

class Simulation {
 public:
  explicit Simulation(uint64_t seed, int64_t node_timeout_ms = 2000)
      : random_(seed), node_timeout_ms_(node_timeout_ms) {}

  void add(int count);
  SimulatedNode& node(int number) { return *nodes_[static_cast<size_t>(number)]; }
  int size() const { return static_cast<int>(nodes_.size()); }

  // The first `masters` nodes share the slots, the others replicate them in turn; everybody has met everybody.
  void form(int masters);

  void run_for(int64_t ms);
  // Until the condition holds, looked at every 10 ms; false when the time is over before.
  bool run_until(const std::function<bool()>& condition, int64_t limit_ms);
  int64_t now_ms() const { return now_ms_; }

  void kill(int number);
  void restart(int number);  // with the view that it had
  // Only nodes of the same group reach each other; nobody is in two groups. Without groups all do.
  void partition(std::vector<std::set<int>> groups);
  void heal() { partition({}); }

  // --- what is to be measured ---
  uint64_t packets = 0;
  uint64_t bytes = 0;
  // All living nodes agree who owns every slot.
  bool agreed();

 private:
  friend class SimulatedNode;
  struct Event {
    int64_t at_ms;
    uint64_t order;
    std::function<void()> run;
    bool operator>(const Event& other) const { return std::tie(at_ms, order) > std::tie(other.at_ms, other.order); }
  };
  void at(int64_t ms, std::function<void()> run) { events_.push({ms, order_++, std::move(run)}); }
  void tick(int number);
  bool reachable(int from, int to) const;
  int64_t latency_ms() { return 1 + static_cast<int64_t>(random_.below(2)); }
  int group_of(int number) const;

  Random random_;
  int64_t node_timeout_ms_;
  int64_t now_ms_ = 1'000'000'000'000;
  uint64_t order_ = 0;
  std::vector<std::unique_ptr<SimulatedNode>> nodes_;
  std::vector<std::set<int>> groups_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
};

}  // namespace strata::cluster
