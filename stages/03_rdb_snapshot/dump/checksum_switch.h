// DEBUG SET-SKIP-CHECKSUM-VALIDATION: lets tests hand in values that no server would make.
#pragma once

namespace strata::rdb {

struct ChecksumSwitch {
  bool skip = false;
};

}  // namespace strata::rdb
