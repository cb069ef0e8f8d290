#include "03_rdb_snapshot/snapshot/snapshot_writer.h"

#include <string>

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/version.h"
#include "03_rdb_snapshot/child/page_release.h"
#include "03_rdb_snapshot/format/rdb_writer.h"
#include "03_rdb_snapshot/functions/function_codec.h"
#include "03_rdb_snapshot/pace.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "03_rdb_snapshot/snapshot/aux_fields.h"
#include "03_rdb_snapshot/values/value_codec.h"
#include "common/clock.h"
#include "common/memory.h"

namespace strata::rdb {

namespace {

constexpr uint64_t kKeysBetweenReports = 1024;

class SnapshotWriter {
 public:
  SnapshotWriter(resp::Server& server, ByteSink& sink, const SaveProgress& progress)
      : server_(server),
        keyspace_(server.get<db::Keyspace>()),
        codecs_(server.get<ValueCodecs>()),
        options_(server.get<RdbOptions>()),
        progress_(progress),
        out_(sink, {.compress = options_.compression, .checksum = options_.checksum}) {}

  // [task 3.7] Write the image from its first byte to its checksum.
  Status write(ImageKind kind, ImageParts parts) {
    out_.bytes(kMagic);
    out_.bytes(fmt::format("{:04}", kVersion));
    write_aux(kind);
    if (parts.functions) save_functions(server_.get<script::FunctionEngine>().set, out_);
    for (size_t i = 0; parts.keys && i < keyspace_.count() && out_.status().ok(); i++) {
      const db::Database& database = keyspace_.db(static_cast<int>(i));
      if (database.size() != 0) write_database(database, i);
    }
    out_.byte(kEof);
    out_.little_endian(out_.checksum(), sizeof(uint64_t));
    return out_.flush();
  }

 private:
  void write_aux(ImageKind kind) {
    aux("redis-ver", kRedisVersion);
    aux("redis-bits", std::to_string(sizeof(void*) * 8));
    aux("ctime", std::to_string(wall_ms() / 1000));
    aux("used-mem", std::to_string(used_memory()));
    const bool base = kind == ImageKind::kLogBase;
    if (!base) {
      for (const auto& [name, value] : server_.get<AuxFields>().collect()) aux(name, value);
    }
    aux("aof-base", base ? "1" : "0");
  }

  void aux(std::string_view name, std::string_view value) {
    out_.byte(kAux);
    out_.string(name);
    out_.string(value);
  }

  void write_database(const db::Database& database, size_t index) {
    out_.byte(kSelectDb);
    out_.length(index);
    out_.byte(kResizeDb);
    out_.length(database.size());
    out_.length(database.with_expiry());
    database.each([this](db::Entry& entry) {
      if (out_.status().ok()) write_key(entry);
    });
  }

  // [task 3.7] Write one key: its expiry and what its access clock says, its type, its name, its value.
  void write_key(const db::Entry& entry) {
    if (entry.has_expiry()) {
      out_.byte(kExpireTimeMs);
      out_.little_endian(static_cast<uint64_t>(entry.expiry_ms()), sizeof(int64_t));
    }
    write_access(entry);
    const SaveRow& row = codecs_.of(entry);
    out_.byte(row.type_id(entry));
    out_.string(entry.key());
    row.save(entry, out_);
    release_pages_of(entry);
    if (++keys_ % kKeysBetweenReports == 0 && progress_) progress_(keys_);
    if (options_.key_save_delay_us > 0) {
      (void)out_.flush();  // what was written so far can be seen
      if (progress_) progress_(keys_);
    }
    pace(options_.key_save_delay_us, keys_);
  }

  // Only where the policy makes use of it.
  void write_access(const db::Entry& entry) {
    using Policy = db::EvictionPolicy;
    if (keyspace_.counts_accesses()) {
      const uint32_t fresh = db::fresh_frequency(keyspace_.now_ms());
      out_.byte(kFreq);
      out_.byte(static_cast<uint8_t>(db::decayed_frequency(entry.clock(), fresh, keyspace_.frequency)));
    } else if (keyspace_.policy == Policy::kAllKeysLru || keyspace_.policy == Policy::kVolatileLru) {
      out_.byte(kIdle);
      out_.length((keyspace_.access_clock() - entry.clock()) & db::Entry::kClockMask);
    }
  }

  resp::Server& server_;
  db::Keyspace& keyspace_;
  const ValueCodecs& codecs_;
  const RdbOptions& options_;
  const SaveProgress& progress_;
  RdbWriter out_;
  uint64_t keys_ = 0;
};

}  // namespace

Status write_snapshot(resp::Server& server, ByteSink& sink, ImageKind kind, const SaveProgress& progress,
                      ImageParts parts) {
  return SnapshotWriter(server, sink, progress).write(kind, parts);
}

}  // namespace strata::rdb
