// strata-cluster-simulation: how long a cluster of N nodes takes to notice a failure and to promote a replica, and what it
// says meanwhile. The members are those of the server; network and clock are simulated.
//
//   strata-cluster-simulation --nodes 1000 --timeout 15000 --seconds 30
//   nodes=1000 masters=500 timeout_ms=15000 packets_per_node_s=... bytes_per_node_s=... detected_ms=... promoted_ms=...
#include <fmt/format.h>

#include <cxxopts.hpp>

#include "08_cluster/simulation/simulation.h"
#include "common/log.h"

using strata::cluster::Node;
using strata::cluster::Simulation;

namespace {

// How many of the living nodes have it as failed.
int convinced(Simulation& sim, const std::string& id) {
  int count = 0;
  for (int i = 0; i < sim.size(); ++i) {
    const Node* node = sim.node(i).view.find(id);
    if (sim.node(i).alive && node != nullptr && node->failed()) ++count;
  }
  return count;
}

}  // namespace

int main(int argc, char** argv) {
  cxxopts::Options usage("strata-cluster-simulation", "Members of a cluster on a simulated network");
  usage.add_options()("nodes", "how many, half of them masters", cxxopts::value<int>()->default_value("60"))(
      "timeout", "cluster-node-timeout, ms", cxxopts::value<int64_t>()->default_value("15000"))(
      "seconds", "of quiet, over which traffic is counted", cxxopts::value<int64_t>()->default_value("30"))(
      "seed", "the same one gives the same run", cxxopts::value<uint64_t>()->default_value("1"))("help", "");
  const auto options = usage.parse(argc, argv);
  if (options.count("help") != 0) {
    fmt::print("{}\n", usage.help());
    return 0;
  }
  strata::set_log_file("/dev/null");
  const int nodes = options["nodes"].as<int>();
  const int masters = std::max(nodes / 2, 1);
  const auto timeout = options["timeout"].as<int64_t>();
  Simulation sim(options["seed"].as<uint64_t>(), timeout);
  sim.add(nodes);
  sim.form(masters);
  sim.run_for(timeout);

  const int64_t seconds = options["seconds"].as<int64_t>();
  sim.packets = sim.bytes = 0;
  sim.run_for(seconds * 1000);
  const auto per_node_second = [&](uint64_t value) {
    return static_cast<double>(value) / static_cast<double>(nodes) / static_cast<double>(seconds);
  };
  const double packets = per_node_second(sim.packets);
  const double bytes = per_node_second(sim.bytes);

  const std::string id = sim.node(0).view.myself().id;
  const int64_t begin = sim.now_ms();
  sim.kill(0);
  const bool detected = sim.run_until([&] { return convinced(sim, id) == nodes - 1; }, 10 * timeout);
  const int64_t detected_ms = sim.now_ms() - begin;
  const bool promoted = sim.run_until([&] { return sim.node(masters).view.myself().slot_count > 0; }, 10 * timeout);
  fmt::print(
      "nodes={} masters={} timeout_ms={} packets_per_node_s={:.1f} bytes_per_node_s={:.0f} detected_ms={} "
      "promoted_ms={}\n",
      nodes, masters, timeout, packets, bytes, detected ? detected_ms : -1, promoted ? sim.now_ms() - begin : -1);
  return detected && promoted ? 0 : 1;
}
