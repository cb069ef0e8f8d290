#include "01_resp_server/server/self_checks.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>

#include "common/files.h"
#include "common/random.h"
#include "common/text.h"

namespace strata::resp {
namespace {

std::string content_of(const char* path) {
  auto text = read_file(path);
  return text ? std::string(trim(*text)) : std::string();
}

std::string huge_pages_warning() {
  if (content_of("/sys/kernel/mm/transparent_hugepage/enabled").find("[always]") == std::string::npos) return "";
  return "Transparent huge pages are set to 'always': a write after a fork then copies 2 MB instead of 4 KB, "
         "which "
         "costs latency and memory during snapshots. Use 'madvise' in "
         "/sys/kernel/mm/transparent_hugepage/enabled.";
}

std::string clock_warning() {
  const std::string source = content_of("/sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (source.empty() || source == "tsc" || source == "kvm-clock" || source == "arch_sys_counter" ||
      source.starts_with("hyperv")) {
    return "";
  }
  return "The clock source is '" + source + "', which may need a system call for every reading; prefer 'tsc'.";
}

int report(const char* name, const std::string& warning) {
  std::printf("[%s]...%s\n", name, warning.empty() ? "OK" : "WARNING:");
  if (!warning.empty()) std::printf("%s\n", warning.c_str());
  return warning.empty() ? 0 : 1;
}

}  // namespace

std::string overcommit_warning() {
  const std::string mode = content_of("/proc/sys/vm/overcommit_memory");
  if (mode.empty() || mode == "1") return "";
  return "WARNING Memory overcommit must be enabled! Without it, a background save or replication may fail "
         "when memory "
         "is short. Run 'sysctl vm.overcommit_memory=1', and put it into /etc/sysctl.conf to keep it.";
}

int check_system() {
  int warnings = 0;
  warnings |= report("clocksource", clock_warning());
  warnings |= report("overcommit", overcommit_warning());
  warnings |= report("THP", huge_pages_warning());
  return warnings;
}

int test_memory(size_t megabytes) {
  const size_t words = megabytes * (1 << 20) / sizeof(uint64_t);
  const std::unique_ptr<uint64_t[]> memory(new (std::nothrow) uint64_t[words]);
  if (memory == nullptr) {
    std::fprintf(stderr, "Unable to allocate %zu megabytes\n", megabytes);
    return 1;
  }
  size_t errors = 0;
  // Address in itself finds crossed address lines; random words and their complement find bits that stick.
  for (int pass = 0; pass < 3; ++pass) {
    const uint64_t seed = thread_random().next();
    auto expected = [pass, base = memory.get()](Random& random, size_t i) {
      if (pass == 0) return static_cast<uint64_t>(reinterpret_cast<uintptr_t>(base + i));
      return pass == 1 ? random.next() : ~random.next();
    };
    volatile uint64_t* cells = memory.get();  // really written, really read
    Random writing(seed);
    for (size_t i = 0; i < words; ++i) cells[i] = expected(writing, i);
    Random reading(seed);
    for (size_t i = 0; i < words; ++i) errors += cells[i] != expected(reading, i) ? 1 : 0;
    std::printf("Pass %d of 3: %zu errors\n", pass + 1, errors);
  }
  std::puts(errors == 0 ? "Your memory passed this test." : "Your memory FAILED this test.");
  return errors == 0 ? 0 : 1;
}

}  // namespace strata::resp
