// INFO memory.
#include <fmt/format.h>
#include <unistd.h>

#include "01_resp_server/server/info.h"
#include "01_resp_server/server/info_memory.h"
#include "01_resp_server/server/memory_report.h"
#include "01_resp_server/server/server.h"
#include "common/numbers.h"

namespace strata::resp {

namespace {

// The value of an option whether or not the stage that implements it is there.
std::string option_text(const Server& server, std::string_view name, std::string_view absent) {
  const Option* option = server.config.find(name);
  return option == nullptr ? std::string(absent) : option->get();
}

uint64_t system_memory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void with_human(InfoWriter& out, std::string_view name, uint64_t bytes) {
  out.field(name, bytes);
  out.line("{}_human:{}", name, human_bytes(bytes));
}

int64_t difference(size_t a, size_t b) { return static_cast<int64_t>(a) - static_cast<int64_t>(b); }

void show_use(const MemoryReport& report, InfoWriter& out) {
  with_human(out, "used_memory", report.used);
  with_human(out, "used_memory_rss", report.rss);
  with_human(out, "used_memory_peak", report.peak);
  out.line("used_memory_peak_perc:{:.2f}%", report.peak_percent());
  out.field("used_memory_overhead", report.overhead);
  out.field("used_memory_startup", report.startup);
  out.field("used_memory_dataset", report.dataset());
  out.line("used_memory_dataset_perc:{:.2f}%", report.dataset_percent());
  out.field("allocator_allocated", report.allocator.allocated);
  out.field("allocator_active", report.allocator.active);
  out.field("allocator_resident", report.allocator.resident);
  with_human(out, "total_system_memory", system_memory());
}

// There are no scripts; what watches Redis asks for the fields all the same.
void show_scripts(InfoWriter& out) {
  out.field("used_memory_lua", 0);
  out.field("used_memory_vm_eval", 0);
  out.field("used_memory_lua_human", "0B");
  out.field("used_memory_scripts_eval", 0);
  out.field("number_of_cached_scripts", 0);
  out.field("number_of_functions", 0);
  out.field("number_of_libraries", 0);
  out.field("used_memory_vm_functions", 0);
  with_human(out, "used_memory_vm_total", 0);
  out.field("used_memory_functions", 0);
  with_human(out, "used_memory_scripts", 0);
}

void show_fragmentation(const MemoryReport& report, InfoWriter& out) {
  const AllocatorStats& allocator = report.allocator;
  out.line("allocator_frag_ratio:{:.2f}", report.ratio(allocator.active, allocator.allocated));
  out.field("allocator_frag_bytes", difference(allocator.active, allocator.allocated));
  out.line("allocator_rss_ratio:{:.2f}", report.ratio(allocator.resident, allocator.active));
  out.field("allocator_rss_bytes", difference(allocator.resident, allocator.active));
  out.line("rss_overhead_ratio:{:.2f}", report.ratio(report.rss, allocator.resident));
  out.field("rss_overhead_bytes", difference(report.rss, allocator.resident));
  out.line("mem_fragmentation_ratio:{:.2f}", report.ratio(report.rss, report.used));
  out.field("mem_fragmentation_bytes", difference(report.rss, report.used));
}

void show_parts(const MemoryReport& report, InfoWriter& out) {
  out.field("mem_not_counted_for_evict", 0);
  out.field("mem_replication_backlog", report.part(MemoryPart::kReplicationBacklog));
  out.field("mem_total_replication_buffers", report.part(MemoryPart::kReplicationBacklog));
  out.field("mem_clients_slaves", report.part(MemoryPart::kClientsReplicas));
  out.field("mem_clients_normal", report.part(MemoryPart::kClientsNormal));
  out.field("mem_cluster_links", report.part(MemoryPart::kClusterLinks));
  out.field("mem_aof_buffer", report.part(MemoryPart::kAofBuffer));
  out.field("mem_allocator", allocator_name());
  out.field("active_defrag_running", 0);
  out.field("lazyfree_pending_objects", 0);
  out.field("lazyfreed_objects", 0);
}

}  // namespace

void memory_section(Server& server, InfoWriter& out) {
  const MemoryReport report = MemoryAccounts::of(server).take();
  show_use(report, out);
  show_scripts(out);
  uint64_t limit = 0;
  if (!parse_uint64(option_text(server, "maxmemory", "0"), &limit)) limit = 0;
  with_human(out, "maxmemory", limit);
  out.field("maxmemory_policy", option_text(server, "maxmemory-policy", "noeviction"));
  show_fragmentation(report, out);
  show_parts(report, out);
}

}  // namespace strata::resp
