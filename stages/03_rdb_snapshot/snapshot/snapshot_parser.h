// Walks through an RDB image and tells what comes by. Whoever loads it, or only checks it, listens.
//
// The order of items is not relied upon; what a listener returns as false ends the walk. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "03_rdb_snapshot/format/rdb_reader.h"

namespace strata::rdb {

// What stands in front of a value.
struct KeyRecord {
  std::string key;
  uint8_t type = 0;
  int64_t expiry_ms = -1;  // -1: none
  std::optional<uint64_t> idle_seconds;
  std::optional<uint8_t> frequency;
};

class SnapshotListener {
 public:
  virtual bool aux(std::string_view name, std::string_view value) = 0;
  virtual bool database(uint64_t index) = 0;
  virtual bool size_hint(uint64_t keys, uint64_t with_expiry) = 0;
  virtual bool function_library(std::string_view code) = 0;
  // Must read the value from `in`.
  virtual bool key(RdbReader& in, const KeyRecord& record) = 0;

 protected:
  ~SnapshotListener() = default;
};

class SnapshotParser {
 public:
  // What it was doing when something went wrong, as redis-check-rdb puts it.
  enum class Doing : uint8_t { kStart, kType, kExpire, kKey, kValue, kChecksum, kLength, kAux, kModuleAux, kFunctions };

  SnapshotParser(RdbReader& in, SnapshotListener& listener, bool check_sum)
      : in_(in), listener_(listener), check_sum_(check_sum) {}

  // From the magic to the checksum. False: in.error(), or the listener's reason.
  bool parse();

  Doing doing() const { return doing_; }
  std::string_view doing_name() const;
  // The key that was being read, if any.
  const KeyRecord* current() const { return in_key_ ? &record_ : nullptr; }
  bool unchecked() const { return unchecked_; }  // the image has a checksum of zero: none was computed
  int version() const { return version_; }

 private:
  bool header();
  bool item(uint8_t opcode);
  bool aux();
  bool database();
  bool size_hint();
  bool expiry(size_t bytes);
  bool function(uint8_t opcode);
  bool module_aux();
  bool key(uint8_t type);
  bool end();

  RdbReader& in_;
  SnapshotListener& listener_;
  bool check_sum_;
  Doing doing_ = Doing::kStart;
  int version_ = 0;
  KeyRecord record_;
  bool in_key_ = false;
  bool unchecked_ = false;
};

}  // namespace strata::rdb
