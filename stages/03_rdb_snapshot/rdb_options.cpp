#include "03_rdb_snapshot/rdb_options.h"

#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/families.h"

namespace strata::rdb {

namespace {

// A name of a file in the working directory, as Redis wants it.
Status check_base_name(const std::string& name) {
  if (name.find_first_of("/\\") == std::string::npos) return {};
  return Status::error("dbfilename can't be a path, just a filename");
}

}  // namespace

void install_rdb_options(Server& server) {
  auto& options = server.own<RdbOptions>();
  auto& config = server.config;
  options.dbfilename = "dump.rdb";
  resp::CustomOption name{
      .get = [&options] { return options.dbfilename; },
      .set =
          [&options](const std::vector<std::string>& words) {
            if (Status checked = check_base_name(words[0]); !checked.ok()) return checked;
            options.dbfilename = words[0];
            return Status();
          },
      .default_text = "dump.rdb",
  };
  config.custom("dbfilename", std::move(name), "the file of the snapshot, in `dir`", {.protect = true});
  config.flag("rdbcompression", &options.compression, true, "compress strings of more than 20 bytes");
  config.flag("rdbchecksum", &options.checksum, true, "put a checksum at the end, and check it when loading",
              {.immutable = true});
  config.flag("rdb-save-incremental-fsync", &options.incremental_fsync, true,
              "fsync while writing, not only at the end");
  config.flag("rdb-del-sync-files", &options.delete_sync_files, false,
              "without persistence, remove files that were made to synchronise replicas");
  config.choice<Sanitize>("sanitize-dump-payload", &options.sanitize, Sanitize::kNo,
                          {{"no", Sanitize::kNo}, {"yes", Sanitize::kYes}, {"clients", Sanitize::kClients}},
                          "look at every element of a packed value before using it");
  config.integer("rdb-key-save-delay", &options.key_save_delay_us, 0, INT32_MIN, INT32_MAX,
                 "microseconds to wait after each key that is saved; below zero: the microseconds' inverse",
                 {.hidden = true});
  config.integer("key-load-delay", &options.key_load_delay_us, 0, INT32_MIN, INT32_MAX,
                 "microseconds to wait after each key that is loaded; below zero: the microseconds' inverse",
                 {.hidden = true});
  config.integer("loading-process-events-interval-bytes", &options.loading_interval_bytes, 2097152, 1024, INT32_MAX,
                 "bytes of a file to load between two looks at the clients", {.hidden = true});
}

}  // namespace strata::rdb
