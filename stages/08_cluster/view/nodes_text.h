// The view as text: CLUSTER NODES, and nodes.conf, which is the same plus the epochs.
//
//   <id> <ip>:<port>@<bus port>[,<hostname>] <flags> <master or -> <ping sent> <pong received> <epoch> <link> <slots...>
//   vars currentEpoch 6 lastVoteEpoch 4
//
//   flags   myself,master  slave  fail?  fail  handshake  noaddr  nofailover; noflags for none
//   slots   0-5460  7000  and on the line of myself: [93->-<id>] migrating to, [77-<-<id>] importing from
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "08_cluster/view/view.h"
#include "common/status.h"

namespace strata::cluster {

std::string flags_text(const Node& node);
// One line without its end. `plain_port`: the port for clients without TLS.
std::string node_line(const View& view, const Node& node, bool plain_port = false);
// All lines; those of handshakes only where they are wanted.
std::string nodes_text(const View& view, bool with_handshakes, bool plain_port = false);
// What nodes.conf holds.
std::string view_text(const View& view);

// The view that nodes.conf tells of; an error names the line and what is wrong with it.
Expected<std::unique_ptr<View>> parse_view(std::string_view text, int64_t now_ms);

}  // namespace strata::cluster
