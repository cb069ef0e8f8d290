// What is stopped while data cannot be kept on the disk, be it in a snapshot or in a log: writes, since they would be
// lost; and PING, since that is how monitors ask whether all is well.
#pragma once

#include "01_resp_server/server/command.h"
#include "02_data_types/transactions/transactions.h"

namespace strata::rdb {

inline bool is_ping(const resp::CommandSpec& spec) { return spec.parent == nullptr && spec.name == "ping"; }

// The commands that a gate of rank kDiskError concerns.
inline bool concerns_disk(const resp::CommandSpec& spec) { return db::Transactions::may_write(spec) || is_ping(spec); }

}  // namespace strata::rdb
