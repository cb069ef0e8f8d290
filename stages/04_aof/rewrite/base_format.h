// How the base of a log is written: commands, or, with a later stage, something else.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/bytes/byte_sink.h"
#include "03_rdb_snapshot/snapshot/snapshot_writer.h"

namespace strata::aof {

struct BaseFormat {
  std::string_view suffix;        // of the file: "aof", "rdb"
  std::function<bool()> applies;  // as the options are now
  std::function<Status(rdb::ByteSink&, const rdb::SaveProgress&)> write;
};

class BaseFormats {
 public:
  void add(BaseFormat format) { formats_.push_back(std::move(format)); }
  // The last one added that applies. Commands always do.
  const BaseFormat& chosen() const {
    size_t i = formats_.size() - 1;
    while (i > 0 && !formats_[i].applies()) i--;
    return formats_[i];
  }

 private:
  std::vector<BaseFormat> formats_;
};

// All databases as commands; `timestamp`: with the present second as an annotation in front.
Status write_commands(resp::Server& server, rdb::ByteSink& sink, bool timestamp, const rdb::SaveProgress& progress);

}  // namespace strata::aof
