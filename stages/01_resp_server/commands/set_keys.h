// SET's key: whether its old value is read depends on the options.
#pragma once

#include <vector>

#include "01_resp_server/server/command.h"
#include "common/text.h"

namespace strata::resp {

// CommandSpec::find_keys of SET: the key is overwritten, and read first when GET stands anywhere among the
// options. Options are not checked otherwise; that is the handler's business.
inline bool find_set_keys(Args args, std::vector<FoundKey>& out) {
  uint32_t flags = kKeyOW | kKeyUpdate;
  for (std::string_view option : args.subspan(3)) {
    if (equals_nocase(option, "get")) flags = kKeyRW | kKeyAccess | kKeyUpdate;
  }
  out.push_back({1, flags});
  return true;
}

}  // namespace strata::resp
