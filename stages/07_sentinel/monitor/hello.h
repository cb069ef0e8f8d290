// The hello: how sentinels of the same master find each other and agree on where it is.
//
//   10.0.0.5,26379,d2bd5a90...,1,mymaster,10.0.0.1,6379,1
//   |        |     |           | |        |        |    '- config epoch: the higher one is right about the address
//   |        |     |           | '--------'--------'------ the master by name, and where clients find it
//   |        |     |           '- current epoch of the sender
//   '--------'-----'- the sender: address, port, id
//
// It is published on the channel below on the master and its replicas, and sent as PUBLISH to every known sentinel.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace strata::sentinel {

inline constexpr std::string_view kHelloChannel = "__sentinel__:hello";

struct Hello {
  std::string ip;
  int64_t port = 0;
  std::string run_id;
  uint64_t current_epoch = 0;
  std::string master_name;
  std::string master_host;
  int64_t master_port = 0;
  uint64_t config_epoch = 0;
};

std::string format_hello(const Hello& hello);
// Nothing unless there are exactly eight fields and the numbers are numbers.
std::optional<Hello> parse_hello(std::string_view text);

}  // namespace strata::sentinel
