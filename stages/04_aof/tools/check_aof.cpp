// strata-check-aof: is this append-only log whole? Exit code 0: yes, or now it is; 1: no, or it could not be read.
//
//   strata-check-aof appendonlydir/appendonly.aof.manifest                            look, change nothing
//   strata-check-aof --fix appendonlydir/appendonly.aof.manifest                      cut off an end that is not good
//   strata-check-aof --truncate-to-timestamp 1795314110 .../appendonly.aof.manifest   go back to that second
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

#include "01_resp_server/install.h"
#include "01_resp_server/server/version.h"
#include "02_data_types/install.h"
#include "03_rdb_snapshot/install.h"
#include "04_aof/check/log_checker.h"
#include "common/log.h"

namespace {

using strata::aof::LogChecker;

bool ask_user() {
  fmt::print("Continue? [y/N]: ");
  std::fflush(stdout);
  const int answer = std::getchar();
  return answer == 'y' || answer == 'Y';
}

// 0 is no limit.
bool parse_second(std::string_view text, std::optional<int64_t>* out) {
  int64_t second = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), second);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  if (second != 0) *out = second;
  return true;
}

int run(LogChecker::Options options, const std::string& path) {
  strata::resp::Server server;
  strata::resp::install(server);
  strata::db::install(server);
  strata::rdb::install(server);
  strata::set_log_role('C');
  return LogChecker(server, std::move(options)).check(path) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  LogChecker::Options options;
  options.agree = ask_user;
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (argc == 2 && (first == "-v" || first == "--version")) {
    fmt::print("strata-check-aof {} (AOF files of redis {})\n", strata::kStrataVersion, strata::kRedisVersion);
    return 0;
  }
  if (argc == 2 && !first.starts_with("--")) return run(std::move(options), argv[1]);
  if (argc == 3 && first == "--fix") {
    options.fix = true;
    return run(std::move(options), argv[2]);
  }
  if (argc == 4 && first == "--truncate-to-timestamp") {
    if (parse_second(argv[2], &options.until)) return run(std::move(options), argv[3]);
    fmt::print("Invalid timestamp, aborting...\n");
    return 1;
  }
  fmt::print("Usage: {} [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n", argv[0]);
  return 1;
}
