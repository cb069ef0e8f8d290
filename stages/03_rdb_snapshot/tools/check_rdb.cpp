// strata-check-rdb: is this file a whole snapshot, and what is in it? Exit code 0: yes; 1: no, or it could not be read.
//
// The lines and their order are those of redis-check-rdb, which scripts look at, with a table of types behind them.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>

#include "01_resp_server/install.h"
#include "01_resp_server/server/version.h"
#include "02_data_types/install.h"
#include "03_rdb_snapshot/bytes/file_bytes.h"
#include "03_rdb_snapshot/check/check_aloud.h"
#include "03_rdb_snapshot/install.h"

namespace {

using strata::rdb::CheckReport;

void print_types(const CheckReport& report) {
  for (uint8_t id = 0; id < strata::rdb::kTypeIds; id++) {
    const auto& type = report.types[id];
    if (type.keys == 0) continue;
    fmt::print("[type] {}: {} keys, {} bytes, largest '{}' with {}\n", strata::rdb::type_id_name(id), type.keys,
               type.bytes, type.largest_key, type.largest_bytes);
  }
}

int check(strata::resp::Server& server, const std::string& path, bool json) {
  if (json) {
    const CheckReport report = strata::rdb::check_rdb(server, path);
    fmt::print("{}", to_json(report));
    return report.ok ? 0 : 1;
  }
  strata::Expected<strata::rdb::FileSource> file = strata::rdb::FileSource::open(path);
  if (!file) {
    fmt::print("Cannot open file {}: {}\n", path, file.message());
    return 1;
  }
  strata::rdb::RdbReader in(*file);
  const CheckReport report = strata::rdb::check_aloud(server, in, path);
  print_types(report);
  return report.ok ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::string path;
  bool json = false;
  bool usable = true;
  for (int i = 1; i < argc; i++) {
    const std::string_view word = argv[i];
    if (word == "-v" || word == "--version") {
      fmt::print("strata-check-rdb {} (RDB files of redis {})\n", strata::kStrataVersion, strata::kRedisVersion);
      return 0;
    }
    if (word == "--json") {
      json = true;
    } else if (path.empty() && !word.starts_with("--")) {
      path = word;
    } else {
      usable = false;
    }
  }
  if (!usable || path.empty()) {
    fmt::print(stderr, "Usage: {} [--json] <rdb-file-name>\n", argv[0]);
    return 1;
  }
  strata::resp::Server server;
  strata::resp::install(server);
  strata::db::install(server);
  strata::rdb::install(server);
  return check(server, path, json);
}
