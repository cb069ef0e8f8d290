#include "07_sentinel/monitor/info_report.h"

#include <algorithm>
#include <limits>

#include "common/numbers.h"

namespace strata::sentinel {

namespace {

constexpr size_t kRunIdDigits = 40;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> small_number(std::string_view text) {
  int64_t number = 0;
  if (!parse_int64(text, &number)) return std::nullopt;
  return static_cast<int>(std::clamp<int64_t>(number, 0, std::numeric_limits<int>::max()));
}

// The text between `begin` and the next comma, if `begin` is there.
std::optional<std::string_view> item(std::string_view line, std::string_view begin) {
  const size_t at = line.find(begin);
  if (at == line.npos) return std::nullopt;
  const std::string_view rest = line.substr(at + begin.size());
  return rest.substr(0, rest.find(','));
}

// slave0:ip=10.0.0.2,port=6379,state=online,...      and long ago slave0:10.0.0.2,6379,online
std::optional<InfoReport::ListedReplica> listed_replica(std::string_view line) {
  std::optional<std::string_view> host = item(line, "ip=");
  std::optional<std::string_view> port = item(line, "port=");
  if (!host) {
    const size_t colon = line.find(':');
    const size_t comma = line.find(',');
    if (colon == line.npos || comma == line.npos || comma < colon) return std::nullopt;
    host = line.substr(colon + 1, comma - colon - 1);
    port = item(line, ",");
  }
  int64_t number = 0;
  if (!port || !parse_int64(*port, &number)) return std::nullopt;
  return InfoReport::ListedReplica{std::string(*host), number};
}

void read_replica_field(std::string_view name, std::string_view value, InfoReport* report) {
  if (name == "master_host") report->master_host = value;
  if (name == "master_port") report->master_port = small_number(value);
  if (name == "master_link_status") report->master_link_up = value == "up";
  if (name == "slave_priority") report->priority = small_number(value);
  if (name == "replica_announced") report->announced = value != "0";
  if (int64_t offset = 0; name == "slave_repl_offset" && parse_int64(value, &offset)) report->offset = offset;
}

}  // namespace

// [task 7.5] Read INFO, and pass over what is none of your business.
InfoReport parse_info(std::string_view text) {
  InfoReport report;
  while (!text.empty()) {
    const size_t end = text.find("\r\n");
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 2);
    const size_t colon = line.find(':');
    if (colon == line.npos) continue;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = line.substr(colon + 1);
    if (name == "run_id" && value.size() >= kRunIdDigits) {
      report.run_id = value.substr(0, kRunIdDigits);
    } else if (name == "role") {
      if (value == "master") report.role = Role::kMaster;
      if (value == "slave") report.role = Role::kReplica;
    } else if (name.size() > 5 && name.starts_with("slave") && is_digit(name[5])) {
      if (auto replica = listed_replica(line)) report.replicas.push_back(*std::move(replica));
    } else if (name == "master_link_down_since_seconds") {
      // -1: the link has never been up. What counts is that it is down.
      if (int64_t seconds = 0; parse_int64(value, &seconds)) report.master_link_down_ms = seconds * 1000;
    } else if (report.role == Role::kReplica) {
      read_replica_field(name, value, &report);
    }
  }
  return report;
}

}  // namespace strata::sentinel
