#include "03_rdb_snapshot/check/rdb_checker.h"

#include "01_resp_server/db/bulk_load.h"
#include "01_resp_server/db/keyspace.h"
#include "03_rdb_snapshot/bytes/file_bytes.h"
#include "03_rdb_snapshot/snapshot/snapshot_parser.h"
#include "03_rdb_snapshot/values/value_codec.h"
#include "common/clock.h"

namespace strata::rdb {

namespace {

class Checker final : public SnapshotListener {
 public:
  Checker(resp::Server& server, RdbReader& in, CheckReport& report, const CheckProgress& progress)
      : in_(in),
        codecs_(server.get<ValueCodecs>()),
        rules_(LoadRules::of(server, true)),
        scratch_(server.get<db::Keyspace>().db(0), db::BulkLoad::Duplicates::kRefuse),
        report_(report),
        progress_(progress),
        now_ms_(wall_ms()) {}

  bool aux(std::string_view name, std::string_view value) override {
    report_.aux.emplace_back(name, value);
    say(fmt::format("AUX FIELD {} = '{}'", name, value));
    return true;
  }
  bool database(uint64_t index) override {
    db_ = index;
    report_.databases.try_emplace(index);
    say(fmt::format("Selecting DB ID {}", index));
    return true;
  }
  bool size_hint(uint64_t, uint64_t) override { return true; }
  bool function_library(std::string_view) override {
    report_.function_libraries++;
    return true;
  }

  bool key(RdbReader& in, const KeyRecord& record) override {
    report_.keys++;  // the one that is being read counts, as redis-check-rdb has it
    const uint64_t start = in.offset();
    db::Entry::Shape shape;
    const Loaded loaded = codecs_.load(in, record.type, rules_, &shape);
    if (loaded == Loaded::kBroken) return false;
    if (loaded == Loaded::kEmpty) return in.fail("a collection without elements");
    shape.key = record.key;
    scratch_.discard(shape);
    tally(record, in.offset() - start + record.key.size());
    return true;
  }

  void say(std::string line) const {
    if (progress_) progress_(in_.offset(), std::move(line));
  }

 private:
  void tally(const KeyRecord& record, uint64_t bytes) {
    DatabaseTally& database = report_.databases[db_];
    database.keys++;
    if (record.expiry_ms >= 0) {
      database.expires++;
      report_.expires++;
      if (record.expiry_ms < now_ms_) report_.already_expired++;
    }
    TypeTally& type = report_.types[record.type];
    type.keys++;
    type.bytes += bytes;
    if (bytes > type.largest_bytes) {
      type.largest_bytes = bytes;
      type.largest_key = record.key;
    }
  }

  RdbReader& in_;
  const ValueCodecs& codecs_;
  LoadRules rules_;
  db::BulkLoad scratch_;  // frees what was read
  CheckReport& report_;
  const CheckProgress& progress_;
  int64_t now_ms_;
  uint64_t db_ = 0;
};

void note_error(const RdbReader& in, const SnapshotParser& parser, CheckReport& report) {
  report.error = in.error();
  report.error_offset = in.error_offset();
  report.doing = parser.doing_name();
  if (const KeyRecord* record = parser.current()) {
    report.key = record->key;
    report.type = record->type;
  }
}

// A text that may hold any bytes, as a JSON string: bytes beyond ASCII as if they were Latin-1.
std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  return out + "\"";
}

template <class Items, class Show>
std::string json_list(const Items& items, Show show) {
  std::string out;
  for (const auto& item : items) {
    const std::string shown = show(item);
    if (shown.empty()) continue;
    if (!out.empty()) out += ", ";
    out += shown;
  }
  return out;
}

}  // namespace

CheckReport check_image(resp::Server& server, RdbReader& in, const CheckProgress& progress) {
  CheckReport report;
  Checker checker(server, in, report, progress);
  SnapshotParser parser(in, checker, true);
  report.ok = parser.parse();
  report.version = parser.version();
  report.without_checksum = parser.unchecked();
  if (!report.ok) {
    note_error(in, parser, report);
  } else if (parser.version() >= kFirstWithChecksum) {
    checker.say(parser.unchecked() ? "RDB file was saved with checksum disabled: no check performed." : "Checksum OK");
  }
  return report;
}

CheckReport check_rdb(resp::Server& server, const std::string& path) {
  CheckReport report;
  if (Expected<FileSource> file = FileSource::open(path)) {
    RdbReader in(*file);
    report = check_image(server, in);
    report.file_bytes = file->size();
  } else {
    report.error = file.message();
  }
  report.path = path;
  return report;
}

std::string to_json(const CheckReport& report) {
  std::string out = fmt::format("{{\"file\": {}, \"bytes\": {}, \"ok\": {}, \"version\": {}, \"checksum\": {},\n",
                                json_text(report.path), report.file_bytes, report.ok, report.version,
                                !report.without_checksum && report.version >= kFirstWithChecksum);
  out += fmt::format(" \"keys\": {}, \"expires\": {}, \"already_expired\": {}, \"function_libraries\": {},\n",
                     report.keys, report.expires, report.already_expired, report.function_libraries);
  out += fmt::format(" \"aux\": {{{}}},\n", json_list(report.aux, [](const auto& pair) {
                       return json_text(pair.first) + ": " + json_text(pair.second);
                     }));
  out += fmt::format(" \"databases\": {{{}}},\n", json_list(report.databases, [](const auto& database) {
                       return fmt::format("\"{}\": {{\"keys\": {}, \"expires\": {}}}", database.first,
                                          database.second.keys, database.second.expires);
                     }));
  uint8_t id = 0;
  out += fmt::format(" \"types\": {{{}}}", json_list(report.types, [&id](const TypeTally& type) -> std::string {
                       const std::string_view name = type_id_name(id++);
                       if (type.keys == 0) return {};
                       return fmt::format(
                           "\"{}\": {{\"keys\": {}, \"bytes\": {}, \"largest\": {{\"key\": {}, \"bytes\": {}}}}}", name,
                           type.keys, type.bytes, json_text(type.largest_key), type.largest_bytes);
                     }));
  if (!report.ok) {
    out += fmt::format(",\n \"error\": {{\"reason\": {}, \"offset\": {}, \"doing\": {}", json_text(report.error),
                       report.error_offset, json_text(report.doing));
    if (report.type >= 0) {
      out += fmt::format(", \"key\": {}, \"type\": {}, \"type_name\": {}", json_text(report.key), report.type,
                         json_text(type_id_name(static_cast<uint8_t>(report.type))));
    }
    out += "}";
  }
  return out + "}\n";
}

}  // namespace strata::rdb
