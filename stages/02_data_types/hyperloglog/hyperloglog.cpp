#include "02_data_types/hyperloglog/hyperloglog.h"

#include <algorithm>
#include <cstring>

#include "01_resp_server/db/string_value.h"
#include "02_data_types/hyperloglog/dense.h"
#include "02_data_types/hyperloglog/sparse.h"
#include "common/assert.h"

namespace strata::db::hll {

namespace {

constexpr std::string_view kMagic = "HYLL";
constexpr size_t kEncodingAt = 4;
constexpr size_t kCountAt = 8;
constexpr char kDense = 0;
constexpr char kSparse = 1;
constexpr uint64_t kOutOfDate = uint64_t{1} << 63;

uint64_t load_count(const char* bytes) {
  uint64_t count;
  std::memcpy(&count, bytes + kCountAt, sizeof count);
  return count;
}

void store_count(char* bytes, uint64_t count) { std::memcpy(bytes + kCountAt, &count, sizeof count); }

}  // namespace

bool is_hyperloglog(std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMagic)) return false;
  if (bytes[kEncodingAt] == kDense) return bytes.size() == kHeaderBytes + kDenseBytes;
  return bytes[kEncodingAt] == kSparse;
}

bool is_dense(std::string_view bytes) { return bytes[kEncodingAt] == kDense; }

std::string_view registers_part(std::string_view bytes) { return bytes.substr(kHeaderBytes); }

std::optional<uint64_t> cached_count(std::string_view bytes) {
  uint64_t count = load_count(bytes.data());
  if ((count & kOutOfDate) != 0) return {};
  return count;
}

bool merge(std::string_view bytes, Registers& registers) {
  if (!is_dense(bytes)) return merge_sparse(registers_part(bytes), registers);
  merge_dense(registers_part(bytes).data(), registers);
  return true;
}

StoredHyperLogLog::StoredHyperLogLog(Database& database, Ref ref)
    : database_(&database), ref_(make_raw(database, ref, string_length(*ref))) {}

StoredHyperLogLog StoredHyperLogLog::create(Database& database, std::string_view key) {
  char bytes[kHeaderBytes + 2] = {};
  std::memcpy(bytes, kMagic.data(), kMagic.size());
  bytes[kEncodingAt] = kSparse;
  std::memcpy(bytes + kHeaderBytes, empty_runs().data(), empty_runs().size());
  Entry::Shape shape;
  shape_raw(shape, {bytes, sizeof bytes});
  shape.key = key;
  return {database, database.add(shape)};
}

char* StoredHyperLogLog::raw() const { return raw_bytes(*ref_); }

std::string_view StoredHyperLogLog::bytes() const { return {raw(), string_length(*ref_)}; }

StoredHyperLogLog::Outcome StoredHyperLogLog::raise(Place place, size_t max_sparse_bytes) {
  if (!is_dense(bytes())) {
    SparseChange change = raise_sparse(registers_part(bytes()), place);
    if (change.kind == SparseChange::Kind::kCorrupt) return Outcome::kCorrupt;
    if (change.kind == SparseChange::Kind::kNone) return Outcome::kUnchanged;
    bool grows = change.new_bytes > change.old_bytes;
    bool fits = !grows || bytes().size() + change.new_bytes - change.old_bytes <= max_sparse_bytes;
    if (change.kind == SparseChange::Kind::kReplace && fits) {
      replace(kHeaderBytes + change.at, change.old_bytes, change.bytes());
      size_t size = join_runs(raw() + kHeaderBytes, bytes().size() - kHeaderBytes, change.from);
      ref_ = make_raw(*database_, ref_, kHeaderBytes + size);
      return Outcome::kRaised;
    }
    if (!make_dense()) return Outcome::kCorrupt;
  }
  char* dense = raw() + kHeaderBytes;
  if (dense_get(dense, place.index) >= place.rank) return Outcome::kUnchanged;
  dense_set(dense, place.index, place.rank);
  return Outcome::kRaised;
}

void StoredHyperLogLog::replace(size_t at, size_t old_bytes, std::string_view with) {
  size_t size = bytes().size();
  size_t new_size = size - old_bytes + with.size();
  if (new_size > size) ref_ = make_raw(*database_, ref_, new_size);
  char* place = raw() + at;
  std::memmove(place + with.size(), place + old_bytes, size - at - old_bytes);
  std::memcpy(place, with.data(), with.size());
  if (new_size < size) ref_ = make_raw(*database_, ref_, new_size);
}

bool StoredHyperLogLog::make_dense() {
  if (is_dense(bytes())) return true;
  Registers registers{};
  if (!merge(bytes(), registers)) return false;
  RawString* dense = RawString::allocate(kHeaderBytes + kDenseBytes);  // exactly: it never grows
  STRATA_ASSERT(dense != nullptr, "no memory for a HyperLogLog");
  dense->size = kHeaderBytes + kDenseBytes;
  std::memcpy(dense->data(), bytes().data(), kHeaderBytes);
  dense->data()[kEncodingAt] = kDense;
  write_dense(dense->data() + kHeaderBytes, registers);
  Entry::Shape shape;
  shape.layout = Layout::kPointer;
  shape.pointer = dense;
  shape.expiry_ms = ref_->expiry_ms();
  ref_ = database_->replace(ref_, shape);
  return true;
}

void StoredHyperLogLog::set_registers(const Registers& registers) { write_dense(raw() + kHeaderBytes, registers); }

void StoredHyperLogLog::cache_count(uint64_t count) { store_count(raw(), count); }

void StoredHyperLogLog::forget_count() { store_count(raw(), load_count(raw()) | kOutOfDate); }

}  // namespace strata::db::hll
