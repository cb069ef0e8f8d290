// The option `save`: after how many seconds with how many changes a snapshot is taken.
//
//   save 900 1        900 seconds and one change         CONFIG GET   "900 1 300 10"
//   save 300 10       or 300 seconds and ten             lines of a file add up; the first takes the default's place
//   save ""           never
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "01_resp_server/server/config.h"
#include "common/status.h"

namespace strata::rdb {

struct SavePoint {
  int64_t seconds;
  int64_t changes;
};

class SavePoints {
 public:
  static constexpr const char* kDefault = "3600 1 300 100 60 10000";

  SavePoints();  // those of kDefault

  // Pairs of words replace what there was; none, or a single empty one, is no points at all.
  Status set(const resp::Config::Words& words);
  // The same as a line of the configuration.
  Status add_line(const resp::Config::Words& words);

  std::string text() const;                // "900 1 300 10"
  std::vector<std::string> lines() const;  // as CONFIG REWRITE writes them

  bool none() const { return points_.empty(); }
  // The first point that asks for a snapshot after this many changes, in more seconds than it names; null: none does.
  const SavePoint* due(uint64_t changes, int64_t seconds) const;

 private:
  std::vector<SavePoint> points_;
  bool given_ = false;  // a line was read: the default is gone
};

}  // namespace strata::rdb
