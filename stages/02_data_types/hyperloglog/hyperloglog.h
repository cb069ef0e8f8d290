// A HyperLogLog as the string that it is kept in: clients may GET it and SET it back.
//
//   "HYLL" | encoding | 0 0 0 | count, 8 bytes little-endian | registers
//             0 dense            bit 63: out of date            dense.h
//             1 sparse                                          sparse.h
//
// It begins sparse and becomes dense, for good, when the string grows beyond hll-sparse-max-bytes or a register beyond
// what a run can say. The count is the last estimate, kept until a register changes. What comes from clients may hold
// anything behind its head: every function answers kCorrupt or false where the registers make no sense.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "01_resp_server/db/database.h"
#include "02_data_types/hyperloglog/registers.h"

namespace strata::db::hll {

inline constexpr size_t kHeaderBytes = 16;

// Does this string look like one? Its runs, if it is sparse, are not looked at.
bool is_hyperloglog(std::string_view bytes);
bool is_dense(std::string_view bytes);
std::string_view registers_part(std::string_view bytes);
std::optional<uint64_t> cached_count(std::string_view bytes);  // nothing when it is out of date
// Raises registers to its own; false when it is corrupt.
bool merge(std::string_view bytes, Registers& registers);

// One in the keyspace, to be changed. Its entry may be rebuilt; nothing else may change in its database meanwhile.
class StoredHyperLogLog {
 public:
  enum class Outcome : uint8_t { kUnchanged, kRaised, kCorrupt };

  // Of a string that is_hyperloglog().
  StoredHyperLogLog(Database& database, Ref ref);
  // A new one without elements; the key must not be there.
  static StoredHyperLogLog create(Database& database, std::string_view key);

  std::string_view bytes() const;
  // Raises one register. A sparse string of more than `max_sparse_bytes` becomes dense.
  Outcome raise(Place place, size_t max_sparse_bytes);
  bool make_dense();                               // false when it is corrupt
  void set_registers(const Registers& registers);  // of a dense one
  void cache_count(uint64_t count);
  void forget_count();

 private:
  void replace(size_t at, size_t old_bytes, std::string_view with);
  char* raw() const;

  Database* database_;
  Ref ref_;
};

}  // namespace strata::db::hll
