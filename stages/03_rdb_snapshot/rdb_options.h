// The options of redis.conf that say how a snapshot is written and read. When one is taken is the business of save/.
#pragma once

#include <cstdint>
#include <string>

namespace strata::rdb {

enum class Sanitize : uint8_t { kNo, kYes, kClients };

struct RdbOptions {
  std::string dbfilename;             // in the working directory, which the option `dir` moves
  bool compression = true;            // rdbcompression: strings of more than 20 bytes go through LZF
  bool checksum = true;               // rdbchecksum, both ways
  bool incremental_fsync = true;      // rdb-save-incremental-fsync: every few MB, so that the last fsync is short
  bool delete_sync_files = false;     // rdb-del-sync-files
  Sanitize sanitize = Sanitize::kNo;  // sanitize-dump-payload: how well packed values are looked at before use
  int64_t key_save_delay_us = 0;      // rdb-key-save-delay, key-load-delay: for tests; below 0: once per that many keys
  int64_t key_load_delay_us = 0;
  int64_t loading_interval_bytes = 0;  // clients are served every so many bytes of a load
};

}  // namespace strata::rdb
