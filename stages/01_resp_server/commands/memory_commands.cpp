// MEMORY DOCTOR, MALLOC-STATS, PURGE, STATS, HELP. MEMORY USAGE needs keys: keyspace_debug.cpp adds it.
#include <fmt/format.h>

#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/help.h"
#include "01_resp_server/commands/memory_doctor.h"
#include "01_resp_server/server/memory_report.h"
#include "01_resp_server/server/server.h"
#include "common/memory.h"

namespace strata::resp {

namespace {

void integer(Reply& reply, std::string_view name, size_t value) {
  reply.bulk(name);
  reply.integer(static_cast<int64_t>(value));
}

void real(Reply& reply, std::string_view name, double value) {
  reply.bulk(name);
  reply.real(value);
}

void ratio_and_bytes(Reply& reply, const std::string& name, const std::string& ratio_name, size_t a, size_t b) {
  real(reply, ratio_name, b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b));
  reply.bulk(name + ".bytes");
  reply.integer(static_cast<int64_t>(a) - static_cast<int64_t>(b));
}

void memory_stats(Client& client, Args) {
  static constexpr std::string_view kPartNames[kMemoryParts] = {
      "replication.backlog", "clients.slaves", "clients.normal",  "cluster.links",
      "aof.buffer",          "lua.caches",     "functions.caches"};
  constexpr size_t kFields = 27;
  const MemoryReport report = MemoryAccounts::of(client.server).take();
  Reply& reply = client.reply;
  reply.map(kFields + report.databases.size());
  integer(reply, "peak.allocated", report.peak);
  integer(reply, "total.allocated", report.used);
  integer(reply, "startup.allocated", report.startup);
  for (size_t i = 0; i < kMemoryParts; i++) integer(reply, kPartNames[i], report.parts[i]);
  for (const DatabaseMemory& database : report.databases) {
    reply.bulk(fmt::format("db.{}", database.index));
    reply.map(3);
    integer(reply, "overhead.hashtable.main", database.table_bytes);
    integer(reply, "overhead.hashtable.expires", database.expires_bytes);
    integer(reply, "overhead.hashtable.slot-to-keys", 0);
  }
  integer(reply, "overhead.total", report.overhead);
  integer(reply, "keys.count", report.keys);
  integer(reply, "keys.bytes-per-key", report.keys == 0 ? 0 : report.since_startup() / report.keys);
  integer(reply, "dataset.bytes", report.dataset());
  real(reply, "dataset.percentage", report.dataset_percent());
  real(reply, "peak.percentage", report.peak_percent());
  const AllocatorStats& allocator = report.allocator;
  integer(reply, "allocator.allocated", allocator.allocated);
  integer(reply, "allocator.active", allocator.active);
  integer(reply, "allocator.resident", allocator.resident);
  ratio_and_bytes(reply, "allocator-fragmentation", "allocator-fragmentation.ratio", allocator.active,
                  allocator.allocated);
  ratio_and_bytes(reply, "allocator-rss", "allocator-rss.ratio", allocator.resident, allocator.active);
  ratio_and_bytes(reply, "rss-overhead", "rss-overhead.ratio", report.rss, allocator.resident);
  ratio_and_bytes(reply, "fragmentation", "fragmentation", report.rss, report.used);
}

void memory_doctor(Client& client, Args) {
  client.reply.verbatim(memory_diagnosis(MemoryAccounts::of(client.server).take(), client.server.clients.count()));
}

void memory_malloc_stats(Client& client, Args) { client.reply.verbatim(allocator_details()); }

void memory_purge(Client& client, Args) {
  release_unused();
  client.reply.ok();
}

void memory_help(Client& client, Args) {
  reply_help(client, "MEMORY",
             {"DOCTOR", "    Return memory problems reports.", "MALLOC-STATS",
              "    Return internal statistics report from the memory allocator.", "PURGE",
              "    Attempt to purge dirty pages for reclamation by the allocator.", "STATS",
              "    Return information about the memory usage of the server.", "USAGE <key> [SAMPLES <count>]",
              "    Return memory in bytes used by <key> and its value. Nested values are",
              "    sampled up to <count> times (default: 5, 0 means sample all)."});
}

}  // namespace

void install_memory_commands(Server& server) {
  const std::vector<std::string_view> special = {"nondeterministic_output", "request_policy:all_shards",
                                                 "response_policy:special"};
  server.commands.add({.name = "memory",
                       .arity = -2,
                       .subcommands = {
                           {.name = "doctor", .arity = 2, .tips = special, .run = memory_doctor},
                           {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = memory_help},
                           {.name = "malloc-stats", .arity = 2, .tips = special, .run = memory_malloc_stats},
                           {.name = "purge",
                            .arity = 2,
                            .tips = {"request_policy:all_shards", "response_policy:all_succeeded"},
                            .run = memory_purge},
                           {.name = "stats", .arity = 2, .tips = special, .run = memory_stats},
                       }});
}

}  // namespace strata::resp
