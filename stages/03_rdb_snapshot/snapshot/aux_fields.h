// What else a snapshot says of itself: named texts at its head, which readers that do not know them skip.
//
// A stage that has something to remember registers it here (replication: its id and offset).
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace strata::rdb {

using AuxPairs = std::vector<std::pair<std::string, std::string>>;

class AuxFields {
 public:
  // Asked for the pairs of a snapshot that is about to be written. They stand in the order of registration.
  void on_write(std::function<AuxPairs()> source) { sources_.push_back(std::move(source)); }
  // Told of every pair that is read, names in lower case.
  void on_read(std::function<void(std::string_view name, std::string_view value)> reader) {
    readers_.push_back(std::move(reader));
  }

  AuxPairs collect() const {
    AuxPairs all;
    for (const auto& source : sources_) {
      for (auto& pair : source()) all.push_back(std::move(pair));
    }
    return all;
  }
  void tell(std::string_view name, std::string_view value) const {
    for (const auto& reader : readers_) reader(name, value);
  }

 private:
  std::vector<std::function<AuxPairs()>> sources_;
  std::vector<std::function<void(std::string_view, std::string_view)>> readers_;
};

}  // namespace strata::rdb
