#include "08_cluster/simulation/simulation.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "common/assert.h"

namespace strata::cluster {

namespace {

constexpr int64_t kCronMs = 100;

std::string address_of(int number) {
  return "10." + std::to_string(number / 65536) + "." + std::to_string(number / 256 % 256) + "." +
         std::to_string(number % 256);
}

int number_of(const std::string& ip) {
  int parts[4] = {};
  if (std::sscanf(ip.c_str(), "%d.%d.%d.%d", &parts[0], &parts[1], &parts[2], &parts[3]) != 4) return -1;
  return parts[1] * 65536 + parts[2] * 256 + parts[3];
}

}  // namespace

// One end of a connection. Both ends live until both are closed, and until no event speaks of them.
class SimulatedNode::End final : public Link, public std::enable_shared_from_this<End> {
 public:
  End(SimulatedNode& owner, int other) : owner_(owner), other_(other) {}

  void send(std::shared_ptr<const std::string> packet) override {
    Simulation& simulation = owner_.simulation_;
    ++simulation.packets;
    simulation.bytes += packet->size();
    if (!connected) {
      waiting.push_back(std::move(packet));
      return;
    }
    simulation.at(
        simulation.now_ms() + simulation.latency_ms(), [self = shared_from_this(), packet = std::move(packet)] {
          const std::shared_ptr<End> to = self->peer.lock();
          // What was lost on the way is not sent again: the silence is what the other side notices.
          if (to == nullptr || to->closed || !self->owner_.simulation_.reachable(self->owner_.number, self->other_))
            return;
          to->owner_.member.received(*to, *packet);
          to->owner_.member.settle();
        });
  }
  std::string peer_ip() const override { return address_of(other_); }
  std::string local_ip() const override { return address_of(owner_.number); }

  SimulatedNode& owner() { return owner_; }
  int other() const { return other_; }

  std::weak_ptr<End> peer;
  std::vector<std::shared_ptr<const std::string>> waiting;
  bool connected = false;
  bool closed = false;

 private:
  SimulatedNode& owner_;
  const int other_;
};

// --- a node ---

SimulatedNode::SimulatedNode(Simulation& simulation, int its_number)
    : number(its_number),
      view(
          [&simulation] {
            std::string id;
            while (id.size() < kIdBytes) id += "0123456789abcdef"[simulation.random_.below(16)];
            return id;
          }(),
          simulation.now_ms()),
      member(view, settings, *this, *this),
      simulation_(simulation) {
  Node& myself = view.myself();
  myself.ip = address_of(number);
  myself.port = 6379;
  myself.bus_port = 16379;
}

int64_t SimulatedNode::now_ms() { return simulation_.now_ms(); }
uint64_t SimulatedNode::random_below(uint64_t n) { return simulation_.random_.below(n); }

void SimulatedNode::look_at_election_in(int64_t ms) {
  simulation_.at(now_ms() + ms, [this] {
    if (!alive) return;
    view.due.failover = true;
    member.settle();
  });
}

std::string SimulatedNode::random_id() {
  std::string id;
  while (id.size() < kIdBytes) id += "0123456789abcdef"[random_below(16)];
  return id;
}

Link* SimulatedNode::open(Node& to) {
  const int other = number_of(to.ip);
  if (other < 0 || other >= simulation_.size()) return nullptr;
  auto end = std::make_shared<End>(*this, other);
  ends_.push_back(end);
  simulation_.at(now_ms() + simulation_.latency_ms(), [this, end, other] {
    if (end->closed) return;
    SimulatedNode& target = simulation_.node(other);
    if (!simulation_.reachable(number, other)) {
      if (target.alive) return;  // packets go nowhere: the connection just does not come about
      end->closed = true;
      member.lost(*end);
      end->node = nullptr;
      std::erase(ends_, end);
      return;
    }
    auto accepted = std::make_shared<End>(target, number);
    accepted->created_ms = now_ms();
    accepted->connected = end->connected = true;
    accepted->peer = end;
    end->peer = accepted;
    target.ends_.push_back(accepted);
    member.opened(*end);
    for (auto& packet : std::exchange(end->waiting, {})) end->send(std::move(packet));
    member.settle();
  });
  return end.get();
}

void SimulatedNode::close(Link& link) {
  auto& end = static_cast<End&>(link);
  end.closed = true;
  // The other side reads the end of the stream, where it can be reached.
  simulation_.at(now_ms() + simulation_.latency_ms(), [end = end.shared_from_this()] {
    const std::shared_ptr<End> other = end->peer.lock();
    std::erase(end->owner().ends_, end);
    if (other == nullptr || other->closed || !end->owner().simulation_.reachable(end->owner().number, end->other()))
      return;
    other->closed = true;
    other->owner().member.lost(*other);
    other->node = nullptr;
    std::erase(other->owner().ends_, other);
  });
}

// The process is gone: the kernel closes its connections.
void SimulatedNode::crash() {
  alive = false;
  const std::vector<std::shared_ptr<End>> had = std::exchange(ends_, {});
  for (const std::shared_ptr<End>& each : had) {
    each->closed = true;
    member.lost(*each);
    each->node = nullptr;
    simulation_.at(now_ms() + simulation_.latency_ms(), [gone = each] {
      const std::shared_ptr<End> other = gone->peer.lock();
      if (other == nullptr || other->closed || !other->owner().alive) return;
      other->closed = true;
      other->owner().member.lost(*other);
      other->node = nullptr;
      std::erase(other->owner().ends_, other);
    });
  }
}

// --- all of them ---

void Simulation::add(int count) {
  for (int i = 0; i < count; ++i) {
    const int number = size();
    nodes_.push_back(std::make_unique<SimulatedNode>(*this, number));
    nodes_.back()->settings.node_timeout_ms = node_timeout_ms_;
    at(now_ms_ + static_cast<int64_t>(random_.below(kCronMs)), [this, number] { tick(number); });
  }
}

void Simulation::tick(int number) {
  SimulatedNode& each = node(number);
  if (each.alive) each.member.cron();
  at(now_ms_ + kCronMs, [this, number] { tick(number); });
}

void Simulation::form(int masters) {
  STRATA_ASSERT(masters > 0 && masters <= size(), "{} masters of {} nodes", masters, size());
  for (int i = 0; i < size(); ++i) {
    View& view = node(i).view;
    for (int j = 0; j < size(); ++j) {
      if (j != i) {
        Node& other = view.add(node(j).view.myself().id, kMaster, now_ms_);
        other.ip = address_of(j);
        other.port = 6379;
        other.bus_port = 16379;
      }
      Node& known = *view.find(node(j).view.myself().id);
      known.pong_received_ms = now_ms_;
      if (j < masters) {
        known.config_epoch = static_cast<uint64_t>(j) + 1;
        for (int slot = kSlots * j / masters; slot < kSlots * (j + 1) / masters; ++slot) view.assign(slot, known);
      }
    }
    for (int j = masters; j < size(); ++j) {
      Node& replica = *view.find(node(j).view.myself().id);
      Node& master = *view.find(node(j % masters).view.myself().id);
      view.make_replica(replica, &master);
      if (i == j) node(i).replicate(master);
    }
    view.current_epoch = static_cast<uint64_t>(masters);
  }
}

void Simulation::run_for(int64_t ms) {
  const int64_t end = now_ms_ + ms;
  while (!events_.empty() && events_.top().at_ms <= end) {
    Event event = events_.top();
    events_.pop();
    now_ms_ = event.at_ms;
    event.run();
  }
  now_ms_ = end;
}

bool Simulation::run_until(const std::function<bool()>& condition, int64_t limit_ms) {
  for (const int64_t end = now_ms_ + limit_ms; now_ms_ < end; run_for(10)) {
    if (condition()) return true;
  }
  return condition();
}

void Simulation::kill(int number) { node(number).crash(); }

void Simulation::restart(int number) { node(number).alive = true; }

void Simulation::partition(std::vector<std::set<int>> groups) { groups_ = std::move(groups); }

int Simulation::group_of(int number) const {
  const auto found =
      std::find_if(groups_.begin(), groups_.end(), [number](const auto& group) { return group.contains(number); });
  return static_cast<int>(found - groups_.begin());
}

bool Simulation::reachable(int from, int to) const {
  return nodes_[static_cast<size_t>(from)]->alive && nodes_[static_cast<size_t>(to)]->alive &&
         group_of(from) == group_of(to);
}

bool Simulation::agreed() {
  const SimulatedNode* first = nullptr;
  for (const auto& each : nodes_) {
    if (!each->alive) continue;
    if (first == nullptr) first = each.get();
    for (int slot = 0; slot < kSlots; ++slot) {
      const Node* a = first->view.owner(slot);
      const Node* b = each->view.owner(slot);
      if ((a == nullptr) != (b == nullptr) || (a != nullptr && a->id != b->id)) return false;
    }
  }
  return true;
}

}  // namespace strata::cluster
