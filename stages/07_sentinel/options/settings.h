// What the configuration says of the sentinel itself; of its masters, see model/instance.h.
#pragma once

#include <cstdint>
#include <string>

#include "07_sentinel/model/address.h"

namespace strata::sentinel {

struct Settings {
  std::string announce_ip;    // what hellos say; empty: the address that a connection comes from
  int64_t announce_port = 0;  // 0: the port of the server
  bool deny_scripts_reconfig = true;
  bool resolve_hostnames = false;
  bool announce_hostnames = false;
  std::string sentinel_user;
  std::string sentinel_password;  // towards other sentinels

  // How an address is written wherever somebody reads it: replies, events, hellos, the file.
  const std::string& shown(const Address& address) const {
    return announce_hostnames || address.ip.empty() ? address.host : address.ip;
  }
};

}  // namespace strata::sentinel
