// strata-check-aof: is this log whole, and if not, can it be made so? The lines it prints are redis-check-aof's.
//
//   given                                        looked at
//   appendonlydir/appendonly.aof.manifest        the base, then the increments that it names, in the same directory
//   appendonly.aof                               that file: commands, an image, or an image and commands behind it
//
// What a log ends with can be cut off; what is damaged in front of good commands cannot: only the last file of a log is
// ever changed.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/format/rdb_reader.h"
#include "04_aof/files/manifest.h"

namespace strata::aof {

class LogChecker {
 public:
  struct Options {
    bool fix = false;              // cut off what is not good, when `agree` says so
    std::optional<int64_t> until;  // cut off what was written after this second
    std::function<bool()> agree;   // asks the user
  };

  // `server` lends its types and codecs, for images.
  LogChecker(resp::Server& server, Options options) : server_(server), options_(std::move(options)) {}

  // A log, or a manifest: which one, its content tells. True: it is good, or has been made so.
  bool check(const std::string& path);

 private:
  struct File {
    std::string path;
    std::string name;  // for messages
    std::string_view kind;
    bool may_begin_with_image;
    bool last;
  };

  bool check_parts(const std::string& path, std::string_view manifest);
  bool check_base(const Manifest& manifest, const std::string& directory);
  bool check_file(const File& file, std::string_view bytes);
  bool check_image(const File& file, std::string_view bytes, uint64_t* end);
  bool cut_in_time(const File& file, uint64_t bytes);
  bool cut_bad_end(const File& file, uint64_t size, uint64_t good);

  resp::Server& server_;
  Options options_;
  uint64_t line_ = 1;  // counted through all files
};

}  // namespace strata::aof
