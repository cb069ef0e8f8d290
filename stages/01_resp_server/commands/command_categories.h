// The ACL categories of commands: @read, @string, @slow...
//
// Nearly all of them follow from what the command table knows anyway, so that a CommandSpec seldom names any:
//
//   kWrite -> @write                        kReadOnly -> @read (but not for scripts, which may do anything)
//   kAdmin -> @admin @dangerous             kPubsub -> @pubsub              kBlocking -> @blocking
//   kFast -> @fast, otherwise @slow
//   the documentation's group -> @string, @list, @connection..., and @keyspace for the group "generic"
//
// A container has none of the last line: it does nothing itself. CommandSpec::categories adds to this; when
// it names a category that a group can stand for, the group adds none (WAIT is generic, but @connection).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "01_resp_server/server/command.h"

namespace strata::resp {

// The AclCategory bits of a command, derived ones included.
uint64_t acl_categories(const CommandSpec& spec);

struct CategoryName {
  std::string_view name;  // without the '@'
  uint64_t bit;
};

// All categories in the order in which COMMAND INFO lists them.
std::span<const CategoryName> category_names();

// 0 when there is none of this name; in any case.
uint64_t category_by_name(std::string_view name);

}  // namespace strata::resp
