#include "03_rdb_snapshot/check/check_aloud.h"

#include <fmt/format.h>

namespace strata::rdb {

namespace {

void print_error(const CheckReport& report) {
  fmt::print("--- RDB ERROR DETECTED ---\n[offset {}] {}\n[additional info] While doing: {}\n", report.error_offset,
             report.error, report.doing);
  if (report.type < 0) return;
  fmt::print("[additional info] Reading key '{}'\n[additional info] Reading type {} ({})\n", report.key, report.type,
             type_id_name(static_cast<uint8_t>(report.type)));
}

}  // namespace

CheckReport check_aloud(resp::Server& server, RdbReader& in, std::string_view name) {
  fmt::print("[offset 0] Checking RDB file {}\n", name);
  const CheckReport report = check_image(
      server, in, [](uint64_t offset, const std::string& line) { fmt::print("[offset {}] {}\n", offset, line); });
  if (report.ok) {
    fmt::print("[offset {}] \\o/ RDB looks OK! \\o/\n", in.offset());
  } else {
    print_error(report);
  }
  fmt::print("[info] {} keys read\n[info] {} expires\n[info] {} already expired\n", report.keys, report.expires,
             report.already_expired);
  return report;
}

}  // namespace strata::rdb
