#include "01_resp_server/server/memory_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "01_resp_server/server/server.h"
#include "common/proc.h"

namespace strata::resp {

double MemoryReport::dataset_percent() const {
  return since_startup() == 0 ? 0 : std::min(100.0 * ratio(dataset(), since_startup()), 100.0);
}

double MemoryReport::peak_percent() const { return 100.0 * ratio(used, peak); }

MemoryAccounts& MemoryAccounts::of(Server& server) {
  auto* found = server.find<MemoryAccounts>();
  return found != nullptr ? *found : server.own<MemoryAccounts>(server);
}

MemoryAccounts::MemoryAccounts(Server& server) {
  register_memory_thread();  // the thread that runs the server; from now on used_memory() counts
  add(MemoryPart::kClientsNormal, [&server] {
    size_t bytes = 0;
    server.clients.each([&bytes](Client& client) {
      if (client.kind == ClientClass::kNormal || client.kind == ClientClass::kPubsub) bytes += client.memory_bytes();
    });
    return bytes;
  });
  add(MemoryPart::kClientsReplicas, [&server] {
    size_t bytes = 0;
    server.clients.each([&bytes](Client& client) {
      if (client.kind == ClientClass::kReplica) bytes += client.memory_bytes();
    });
    return bytes;
  });
  server.on_start([this] {
    startup_ = used_memory();
    return Status();
  });
  server.every(100, [this] { remember_peak(); });
}

void MemoryAccounts::add(MemoryPart part, std::function<size_t()> bytes) {
  sources_.push_back({part, std::move(bytes)});
}

void MemoryAccounts::remember_peak() { peak_ = std::max(peak_, used_memory()); }

void MemoryAccounts::reset_peak() { peak_ = used_memory(); }

MemoryReport MemoryAccounts::take() {
  remember_peak();
  MemoryReport report;
  report.used = used_memory();
  report.peak = std::max(peak_, report.used);
  report.startup = startup_;
  report.rss = resident_bytes();
  report.allocator = allocator_stats();
  report.overhead = startup_;
  for (const Source& source : sources_) {
    size_t bytes = source.bytes();
    report.parts[static_cast<size_t>(source.part)] += bytes;
    report.overhead += bytes;
  }
  if (databases_) report.databases = databases_();
  for (const DatabaseMemory& database : report.databases) {
    report.keys += database.keys;
    report.overhead += database.table_bytes + database.expires_bytes;
  }
  return report;
}

std::string human_bytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{}B", bytes);
  auto value = static_cast<double>(bytes);
  for (char unit : {'K', 'M', 'G', 'T', 'P'}) {
    value /= 1024;
    if (value < 1024 || unit == 'P') return fmt::format("{:.2f}{}", value, unit);
  }
  return {};
}

}  // namespace strata::resp
