// Walks through an RDB file without a server: is it whole, and what is in it? Every packed value is looked at element by
// element.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/format/opcodes.h"
#include "03_rdb_snapshot/format/rdb_reader.h"

namespace strata::rdb {

struct TypeTally {
  uint64_t keys = 0;
  uint64_t bytes = 0;  // in the file: names, expiries and values
  uint64_t largest_bytes = 0;
  std::string largest_key;
};

struct DatabaseTally {
  uint64_t keys = 0;
  uint64_t expires = 0;
};

struct CheckReport {
  std::string path;
  uint64_t file_bytes = 0;
  bool ok = false;
  int version = 0;
  std::vector<std::pair<std::string, std::string>> aux;
  std::map<uint64_t, DatabaseTally> databases;
  std::array<TypeTally, kTypeIds> types;  // by TypeId
  uint64_t keys = 0;
  uint64_t expires = 0;
  uint64_t already_expired = 0;
  uint64_t function_libraries = 0;
  bool without_checksum = false;  // the writer had it switched off

  // Of the first error; what `doing` and the key are, is empty where it does not apply.
  std::string error;
  uint64_t error_offset = 0;
  std::string doing;
  std::string key;
  int type = -1;
};

// Progress as it happens: "[offset 27] AUX FIELD redis-ver = '7.0.15'".
using CheckProgress = std::function<void(uint64_t offset, std::string line)>;

// Of the image that `in` begins with; in.offset() is its end afterwards, and more may follow. `server` lends its types
// and codecs; its keyspace stays empty.
CheckReport check_image(resp::Server& server, RdbReader& in, const CheckProgress& progress = {});
// Of a file. One that cannot be opened has an error, and nothing else.
CheckReport check_rdb(resp::Server& server, const std::string& path);

std::string to_json(const CheckReport& report);

}  // namespace strata::rdb
