#include "03_rdb_snapshot/snapshot/snapshot_loader.h"

#include <memory>

#include "01_resp_server/db/keyspace.h"
#include "03_rdb_snapshot/functions/function_codec.h"
#include "03_rdb_snapshot/pace.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/snapshot/aux_fields.h"
#include "03_rdb_snapshot/snapshot/snapshot_parser.h"
#include "03_rdb_snapshot/values/value_codec.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::rdb {

namespace {

constexpr size_t kLeastBytes = 3;  // of a key record in a file
constexpr uint64_t kNamedEmptyKeys = 10;

class Loader final : public SnapshotListener {
 public:
  Loader(resp::Server& server, RdbReader& in, const LoadOptions& options, LoadReport& report)
      : server_(server),
        keyspace_(server.get<db::Keyspace>()),
        codecs_(server.get<ValueCodecs>()),
        rules_(LoadRules::of(server, server.get<RdbOptions>().sanitize == Sanitize::kYes)),
        delay_us_(server.get<RdbOptions>().key_load_delay_us),
        in_(in),
        options_(options),
        expired_(server.find<ExpiredKeys>()),
        keep_expired_(options.keep_expired || (expired_ != nullptr && expired_->kept())),
        report_(report) {}

  bool aux(std::string_view name, std::string_view value) override;
  bool database(uint64_t index) override;
  bool size_hint(uint64_t keys, uint64_t) override;
  bool function_library(std::string_view code) override;
  bool key(RdbReader& in, const KeyRecord& record) override;
  bool finish() { return bulk_ == nullptr || bulk_->finish() || duplicate(); }

 private:
  bool add(const KeyRecord& record, db::Entry::Shape& shape);
  uint32_t clock_of(const KeyRecord& record) const;
  bool duplicate() { return in_.fail("RDB has duplicated key '{}' in DB {}", bulk_->duplicate(), db_); }

  resp::Server& server_;
  db::Keyspace& keyspace_;
  const ValueCodecs& codecs_;
  LoadRules rules_;
  const int64_t& delay_us_;  // may be changed while the load is under way
  RdbReader& in_;
  const LoadOptions& options_;
  const ExpiredKeys* expired_;
  const bool keep_expired_;
  LoadReport& report_;
  uint64_t db_ = 0;
  std::unique_ptr<db::BulkLoad> bulk_;
};

bool Loader::aux(std::string_view name, std::string_view value) {
  const std::string lower = to_lower(name);
  int64_t number = 0;
  const bool is_number = parse_int64(value, &number);
  if (lower == "redis-ver") {
    log_notice("Loading RDB produced by version {}", value);
  } else if (lower == "ctime" && is_number) {
    log_notice("RDB age {} seconds", std::max<int64_t>(wall_ms() / 1000 - number, 0));
  } else if (lower == "used-mem" && is_number) {
    report_.used_memory_when_saved = static_cast<uint64_t>(number);
    log_notice("RDB memory usage when created {:.2f} Mb", static_cast<double>(number) / (1024 * 1024));
  } else if (lower == "aof-base" && is_number && number != 0) {
    log_notice("RDB is base AOF");
  } else if (lower == "aof-preamble" && is_number && number != 0) {
    log_notice("RDB has an AOF tail");
  } else if (name.starts_with('%')) {
    log_notice("RDB '{}': {}", name, value);
  }
  server_.get<AuxFields>().tell(lower, value);
  return true;
}

bool Loader::database(uint64_t index) {
  if (!finish()) return false;
  bulk_.reset();
  if (index >= keyspace_.count()) {
    return in_.fail(
        "FATAL: Data file was created with a Redis server configured to handle more than {} databases. Exiting",
        keyspace_.count());
  }
  db_ = index;
  db::Database& database = options_.into.empty() ? keyspace_.db(static_cast<int>(index)) : *options_.into[index];
  bulk_ = std::make_unique<db::BulkLoad>(database, options_.duplicates);
  return true;
}

bool Loader::size_hint(uint64_t keys, uint64_t) {
  if (bulk_ != nullptr) bulk_->expect(in_.believable(keys, kLeastBytes));
  return true;
}

bool Loader::function_library(std::string_view code) {
  const bool replace = options_.duplicates == db::BulkLoad::Duplicates::kReplace;
  const Status loaded = load_function_library(server_.get<script::FunctionEngine>(), code, replace);
  return loaded.ok() || in_.fail("Failed creating the library: {}", loaded.message());
}

// [task 3.8] Read a key's value and add it, if it is one.
bool Loader::key(RdbReader& in, const KeyRecord& record) {
  if (bulk_ == nullptr && !database(0)) return false;
  db::Entry::Shape shape;
  switch (codecs_.load(in, record.type, rules_, &shape)) {
    case Loaded::kBroken:
      return false;
    case Loaded::kEmpty:
      if (report_.keys_empty++ < kNamedEmptyKeys) log_notice("rdbLoadObject skipping empty key: {}", record.key);
      return true;
    case Loaded::kValue:
      return add(record, shape) && in.checkpoint();
  }
  return false;
}

// [task 3.8] Put a key where it belongs, unless its time has passed.
bool Loader::add(const KeyRecord& record, db::Entry::Shape& shape) {
  shape.key = record.key;
  shape.expiry_ms = record.expiry_ms;
  shape.clock = clock_of(record);
  if (record.expiry_ms >= 0 && !keep_expired_ && record.expiry_ms < keyspace_.now_ms()) {
    bulk_->discard(shape);
    report_.keys_expired++;
    if (expired_ != nullptr) expired_->dropped(static_cast<int>(db_), record.key);
    return true;
  }
  if (!bulk_->add(shape)) return duplicate();
  report_.keys_loaded++;
  pace(delay_us_, report_.keys_loaded);
  return true;
}

uint32_t Loader::clock_of(const KeyRecord& record) const {
  if (keyspace_.counts_accesses()) {
    if (!record.frequency) return keyspace_.access_clock();
    return (keyspace_.access_clock() & ~db::kMostFrequent) | *record.frequency;
  }
  const uint64_t idle = std::min<uint64_t>(record.idle_seconds.value_or(0), db::Entry::kClockMask);
  return static_cast<uint32_t>((keyspace_.access_clock() - idle) & db::Entry::kClockMask);
}

std::string describe(const RdbReader& in, const SnapshotParser& parser) {
  std::string text = fmt::format("{} (offset {}", in.error(), in.error_offset());
  if (const KeyRecord* record = parser.current()) {
    text += fmt::format(", in key '{}' of type {} ({})", record->key, record->type, type_id_name(record->type));
  }
  return text + ")";
}

}  // namespace

// [task 3.8] Load all of it, or say what is wrong, and where.
Status load_snapshot(resp::Server& server, RdbReader& in, const LoadOptions& options, LoadReport* report) {
  const int64_t start_us = mono_us();
  Loader loader(server, in, options, *report);
  SnapshotParser parser(in, loader, server.get<RdbOptions>().checksum);
  const bool parsed = parser.parse() && loader.finish();
  if (in.ended_early()) log_warning("Short read or OOM loading DB. Unrecoverable error, aborting now.");
  if (!parsed) return Status::error(describe(in, parser));
  report->image_us = mono_us() - start_us;
  if (parser.unchecked()) log_warning("RDB file was saved with checksum disabled: no check performed.");
  const std::string empty = report->keys_empty == 0 ? "" : fmt::format(", empty keys skipped: {}", report->keys_empty);
  log_notice("Done loading RDB, keys loaded: {}, keys expired: {}{}.", report->keys_loaded, report->keys_expired,
             empty);
  return {};
}

}  // namespace strata::rdb
