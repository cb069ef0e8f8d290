#include "01_resp_server/commands/memory_doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace strata::resp {

namespace {

constexpr size_t kMiB = 1024 * 1024;
constexpr size_t kWorthLooking = 5 * kMiB;      // below, every ratio is noise
constexpr size_t kWasteThatCounts = 10 * kMiB;  // likewise for the bytes behind a ratio
constexpr size_t kLargeClient = 200 * 1024;     // bytes per client, on average

bool wasteful(size_t more, size_t less, double ratio) {
  return more > less + kWasteThatCounts && static_cast<double>(more) > ratio * static_cast<double>(less);
}

}  // namespace

std::string memory_diagnosis(const MemoryReport& report, size_t clients) {
  if (report.used < kWorthLooking) {
    return "Hi Sam, there is hardly any data in this instance (less than 5 MB in use). Ratios of so little "
           "mean "
           "nothing: ask again when it is filled.\n";
  }
  std::vector<std::string> findings;
  const AllocatorStats& allocator = report.allocator;
  if (report.peak > report.used + report.used / 2) {
    findings.push_back(
        fmt::format("Peak memory: {} were in use once, more than 150 % of the {} of today. Pages that were "
                    "needed then may still "
                    "be held, which also makes the fragmentation ratio look worse than it is. MEMORY PURGE "
                    "gives back what can "
                    "be given back.",
                    human_bytes(report.peak), human_bytes(report.used)));
  }
  if (wasteful(report.rss, report.used, 1.4)) {
    findings.push_back(
        fmt::format("High total RSS: the process occupies {} for {} of data and overhead, a ratio of {:.2f}. The "
                    "findings below, "
                    "if any, say which part of it is the allocator's.",
                    human_bytes(report.rss), human_bytes(report.used), report.ratio(report.rss, report.used)));
  }
  if (wasteful(allocator.active, allocator.allocated, 1.1)) {
    findings.push_back(
        "High allocator fragmentation: many pages are only partly filled, as after the deletion of many "
        "small values. "
        "New data of similar sizes will fill them.");
  }
  if (wasteful(allocator.resident, allocator.active, 1.1)) {
    findings.push_back(
        "High allocator RSS overhead: the allocator holds pages without any data. They are given back with "
        "time, or "
        "at once by MEMORY PURGE.");
  }
  if (wasteful(report.rss, allocator.resident, 1.1)) {
    findings.push_back(
        "High process RSS overhead: memory that is not the allocator's - code, stacks, modules of the system "
        "- is "
        "unusually large.");
  }
  size_t clients_bytes = report.part(MemoryPart::kClientsNormal);
  if (clients > 0 && clients_bytes / clients > kLargeClient) {
    findings.push_back(
        fmt::format("Big client buffers: {} for {} clients, more than 200 KB each. CLIENT LIST shows whose "
                    "output (omem) or input "
                    "(qbuf) is large: clients that read too slowly, or send very large commands.",
                    human_bytes(clients_bytes), clients));
  }
  size_t replicas_bytes = report.part(MemoryPart::kClientsReplicas);
  if (replicas_bytes > kWasteThatCounts) {
    findings.push_back(
        fmt::format("Big replica buffers: {} wait for replicas that are behind. Check their link, or lower "
                    "the write rate.",
                    human_bytes(replicas_bytes)));
  }
  if (findings.empty()) return "Hi Sam, nothing about the memory of this instance looks wrong.\n";
  std::string out = "Hi Sam, the memory of this instance shows the following:\n\n";
  for (const std::string& finding : findings) out += fmt::format(" * {}\n\n", finding);
  return out;
}

}  // namespace strata::resp
