// Where the memory goes: the figures behind INFO memory, MEMORY STATS and MEMORY DOCTOR, taken at one moment.
//
//   used (allocated by the program)
//     = startup + parts (clients, backlog, AOF buffer, tables of the databases, ...) + dataset
//   rss (seen by the system) = used + fragmentation + what is not the allocator's
//
// The stage that owns a part tells how large it is:
//
//   MemoryAccounts::of(server).add(MemoryPart::kAofBuffer, [&log] { return log.buffered_bytes(); });
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/memory.h"

namespace strata::resp {

class Server;

// In the order of MEMORY STATS.
enum class MemoryPart : uint8_t {
  kReplicationBacklog,
  kClientsReplicas,
  kClientsNormal,
  kClusterLinks,
  kAofBuffer,
  kLuaCaches,
  kFunctionsCaches,
};
inline constexpr size_t kMemoryParts = 7;

struct DatabaseMemory {
  int index = 0;
  size_t keys = 0;
  size_t table_bytes = 0;
  size_t expires_bytes = 0;  // Redis keeps expiries in a table of their own; here they stand in the entries
};

// One look at everything. All in bytes unless it is a ratio.
struct MemoryReport {
  size_t used = 0;
  size_t peak = 0;
  size_t startup = 0;
  size_t rss = 0;
  AllocatorStats allocator;
  std::array<size_t, kMemoryParts> parts{};
  std::vector<DatabaseMemory> databases;  // those that are not empty
  size_t keys = 0;
  size_t overhead = 0;  // startup, parts and tables

  size_t part(MemoryPart which) const { return parts[static_cast<size_t>(which)]; }
  size_t dataset() const { return used > overhead ? used - overhead : 0; }
  size_t since_startup() const { return used > startup ? used - startup : 0; }
  double dataset_percent() const;  // of since_startup()
  double peak_percent() const;
  double ratio(size_t a, size_t b) const { return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b); }
};

class MemoryAccounts {
 public:
  // The server's one instance.
  static MemoryAccounts& of(Server& server);

  explicit MemoryAccounts(Server& server);

  // Several sources of one part add up.
  void add(MemoryPart part, std::function<size_t()> bytes);
  void set_databases(std::function<std::vector<DatabaseMemory>()> databases) { databases_ = std::move(databases); }

  MemoryReport take();
  void remember_peak();  // called ten times a second
  void reset_peak();

 private:
  struct Source {
    MemoryPart part;
    std::function<size_t()> bytes;
  };
  std::vector<Source> sources_;
  std::function<std::vector<DatabaseMemory>()> databases_;
  size_t startup_ = 0;
  size_t peak_ = 0;
};

// "894.93K", as INFO shows sizes to people.
std::string human_bytes(uint64_t bytes);

}  // namespace strata::resp
