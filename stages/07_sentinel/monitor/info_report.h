// What a sentinel reads in INFO of a master or a replica.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "07_sentinel/model/instance.h"

namespace strata::sentinel {

struct InfoReport {
  struct ListedReplica {
    std::string host;
    int64_t port;
  };

  std::string run_id;  // empty: not told
  std::optional<Role> role;
  std::vector<ListedReplica> replicas;  // of a master
  int64_t master_link_down_ms = 0;
  // Of a replica; what is not there is not known.
  std::optional<std::string> master_host;
  std::optional<int> master_port;
  std::optional<bool> master_link_up;
  std::optional<int> priority;
  std::optional<int64_t> offset;
  std::optional<bool> announced;
};

// Lines that are unknown, cut off or out of place are passed over: fields of a replica count behind role:slave only.
InfoReport parse_info(std::string_view text);

}  // namespace strata::sentinel
