#include "08_cluster/view/nodes_text.h"

#include <array>

namespace strata::cluster {

namespace {

constexpr std::array<std::pair<uint16_t, std::string_view>, 8> kFlagNames = {{{kMyself, "myself"},
                                                                              {kMaster, "master"},
                                                                              {kReplica, "slave"},
                                                                              {kSuspected, "fail?"},
                                                                              {kFailed, "fail"},
                                                                              {kHandshake, "handshake"},
                                                                              {kNoAddress, "noaddr"},
                                                                              {kNoFailover, "nofailover"}}};

void append_slots(std::string& out, const View& view, const Node& node) {
  if (node.slots != nullptr) {
    node.slots->each_range([&out](int first, int last) {
      out += first == last ? fmt::format(" {}", first) : fmt::format(" {}-{}", first, last);
    });
  }
  if (!view.is_myself(node) || !view.any_open()) return;
  for (int slot = 0; slot < kSlots; ++slot) {
    if (const Node* target = view.migrating_to(slot); target != nullptr) {
      out += fmt::format(" [{}->-{}]", slot, target->id);
    } else if (const Node* source = view.importing_from(slot); source != nullptr) {
      out += fmt::format(" [{}-<-{}]", slot, source->id);
    }
  }
}

}  // namespace

std::string flags_text(const Node& node) {
  std::string text;
  for (const auto& [flag, name] : kFlagNames) {
    if (node.is(flag)) text += (text.empty() ? "" : ",") + std::string(name);
  }
  return text.empty() ? "noflags" : text;
}

std::string node_line(const View& view, const Node& node, bool plain_port) {
  const int port = plain_port && node.plain_port != 0 ? node.plain_port : node.port;
  std::string line = fmt::format("{} {}:{}@{}", node.id, node.ip, port, node.bus_port);
  if (!node.hostname.empty()) line += "," + node.hostname;
  line += fmt::format(" {} {} {} {} {} {}", flags_text(node), node.master != nullptr ? node.master->id : "-",
                      node.ping_sent_ms, node.pong_received_ms, node.shard().config_epoch,
                      node.link != nullptr || view.is_myself(node) ? "connected" : "disconnected");
  append_slots(line, view, node);
  return line;
}

std::string nodes_text(const View& view, bool with_handshakes, bool plain_port) {
  std::string text;
  view.each([&](const Node& node) {
    if (with_handshakes || !node.is(kHandshake)) text += node_line(view, node, plain_port) + "\n";
  });
  return text;
}

std::string view_text(const View& view) {
  return nodes_text(view, false) +
         fmt::format("vars currentEpoch {} lastVoteEpoch {}\n", view.current_epoch, view.last_vote_epoch);
}

}  // namespace strata::cluster
