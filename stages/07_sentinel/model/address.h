// Where an instance is: the name that somebody gave, the address that it stands for, and a port.
//
// With resolve-hostnames off only literal addresses are taken, and name and address are the same. With it on, names are
// looked up when an address is made and again at each reconnect, which takes as long as the resolver does.
#pragma once

#include <string>
#include <string_view>

#include "common/status.h"

namespace strata::sentinel {

struct Address {
  std::string host;  // as given
  std::string ip;    // in its normal form; empty: the name is not known (yet)
  int port = 0;
};

// The numeric address of `host`, or nothing. Names only when `names` allows them.
std::string resolve(const std::string& host, bool names);

// Why an address cannot be made.
enum class BadAddress : uint8_t { kNone, kPort, kHost };

// `unresolved`: a name that nobody knows is no error (its ip stays empty).
BadAddress make_address(const std::string& host, int64_t port, bool names, bool unresolved, Address* out);

// The same place: equal ports, and equal addresses or names.
bool same(const Address& a, const Address& b);

// Is `host`:`port`, as another server told it, this address?
bool is_at(const Address& address, const std::string& host, int port, bool names);

// "ip:port", or "[ip]:port" where the host has colons of its own.
std::string host_and_port(std::string_view host, int port);

}  // namespace strata::sentinel
