// Loads an RDB image into the keyspace.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "01_resp_server/db/bulk_load.h"
#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/format/rdb_reader.h"

namespace strata::rdb {

struct LoadOptions {
  // Keys whose time has passed are left out, unless somebody else is to say that they are gone (a master), or commands
  // that follow rely on the exact state (the base of a log).
  bool keep_expired = false;
  db::BulkLoad::Duplicates duplicates = db::BulkLoad::Duplicates::kRefuse;
  std::span<const std::unique_ptr<db::Database>> into = {};  // databases to fill in place of the keyspace's
};

// A word in what becomes of keys whose time has passed: owned by the server where a stage has one to say.
struct ExpiredKeys {
  std::function<bool()> kept;  // somebody else is to say that they are gone
  std::function<void(int db, std::string_view key)> dropped;
};

struct LoadReport {
  uint64_t keys_loaded = 0;
  uint64_t keys_expired = 0;
  uint64_t keys_empty = 0;              // collections without elements, which were left out
  uint64_t used_memory_when_saved = 0;  // bytes, as the image says
  int64_t image_us = -1;                // that the image took; -1: there was none, or it is not read to its end
};

// On an error what was loaded so far stays: the caller empties the keyspace, or ends. The message says what is wrong, in
// which key, at which offset.
Status load_snapshot(resp::Server& server, RdbReader& in, const LoadOptions& options, LoadReport* report);

}  // namespace strata::rdb
