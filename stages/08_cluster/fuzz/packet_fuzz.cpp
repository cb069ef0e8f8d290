// libFuzzer: packets of the bus, as anybody may send them, to a member of a small cluster. The first byte chooses who is
// said to have sent it; whatever comes, the member goes on.
#include <cstddef>
#include <cstdint>

#include "08_cluster/simulation/simulation.h"
#include "common/log.h"

namespace {

class SilentLink final : public strata::cluster::Link {
 public:
  void send(std::shared_ptr<const std::string>) override {}
  std::string peer_ip() const override { return "10.9.9.9"; }
  std::string local_ip() const override { return "10.0.0.0"; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace strata::cluster;
  if (size < 1) return 0;
  strata::set_log_level(strata::LogLevel::kWarning);
  strata::set_log_file("/dev/null");
  Simulation sim(1);
  sim.add(4);
  sim.form(2);
  sim.run_for(1000);
  SimulatedNode& node = sim.node(0);

  // A header that is right, as far as the input does not say otherwise: random bytes alone would never get past it.
  Packet frame;
  frame.header.sender = sim.node(1 + data[0] % 3).view.myself().id;
  std::string bytes = encode(frame);
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t header = std::min<size_t>(input.size(), 400);
  for (size_t i = 0; i + 1 < header; i += 2)
    bytes[8 + static_cast<uint8_t>(input[i]) * 8 % (kHeaderBytes - 8)] = input[i + 1];
  bytes.append(input.substr(header));
  SilentLink link;
  node.member.received(link, bytes);
  node.member.settle();
  node.member.lost(link);
  sim.run_for(300);
  return 0;
}
