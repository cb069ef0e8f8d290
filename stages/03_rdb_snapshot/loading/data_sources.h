// Where the data comes from at the start: of all the sources that apply, the one with the highest priority.
//
//   stage 3    the snapshot file          always applies
//   stage 4    the append-only log        when it is switched on; then nobody looks at the snapshot
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "common/status.h"

namespace strata::rdb {

struct DataSource {
  std::string_view name;
  int priority;
  std::function<bool()> applies;
  // Nothing to load is no error. An error ends the start.
  std::function<Status()> load;
  // Called for every source before any of them loads, whether it applies or not; an error ends the start. May be null.
  std::function<Status()> prepare = {};
};

inline constexpr int kSnapshotPriority = 10;

class DataSources {
 public:
  void add(DataSource source) { sources_.push_back(std::move(source)); }

  Status load() const {
    for (const DataSource& source : sources_) {
      if (!source.prepare) continue;
      if (Status prepared = source.prepare(); !prepared.ok()) return prepared;
    }
    const DataSource* chosen = nullptr;
    for (const DataSource& source : sources_) {
      if ((chosen == nullptr || source.priority > chosen->priority) && source.applies()) chosen = &source;
    }
    return chosen == nullptr ? Status() : chosen->load();
  }

 private:
  std::vector<DataSource> sources_;
};

}  // namespace strata::rdb
