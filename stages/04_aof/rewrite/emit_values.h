// The fewest commands that make a value: a column of the type table, kept here.
//
// A command takes 64 elements at most, so that replaying it never holds up the loop for long.
#pragma once

#include "01_resp_server/db/entry.h"
#include "04_aof/rewrite/request_writer.h"

namespace strata::aof {

// The commands that make the entry's value under its key; its expiry is not among them.
void emit_value(const db::Entry& entry, RequestWriter& out);

}  // namespace strata::aof
