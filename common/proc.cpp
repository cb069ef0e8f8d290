#include "common/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "common/files.h"

namespace strata {
namespace {
// The block of memory that the kernel takes the command line from: [begin, begin + size).
char* g_title = nullptr;
size_t g_title_size = 0;
}  // namespace

size_t resident_bytes() {
  // "size resident shared ...", in pages.
  UniqueFd fd(open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  if (!fd) return 0;
  char buf[128];
  const ssize_t got = read(fd.get(), buf, sizeof buf);
  if (got <= 0) return 0;
  const std::string_view text(buf, static_cast<size_t>(got));
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return 0;
  size_t pages = 0;
  std::from_chars(text.data() + space + 1, text.data() + text.size(), pages);
  return pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

size_t private_dirty_bytes() {
  // One line a figure: "Private_Dirty:       1234 kB".
  const auto text = read_file("/proc/self/smaps_rollup");
  if (!text) return 0;
  constexpr std::string_view kName = "\nPrivate_Dirty:";
  size_t at = text.value().find(kName);
  if (at == std::string::npos) return 0;
  at = text.value().find_first_not_of(' ', at + kName.size());
  if (at == std::string::npos) return 0;
  size_t kilobytes = 0;
  std::from_chars(text.value().data() + at, text.value().data() + text.value().size(), kilobytes);
  return kilobytes * 1024;
}

std::string os_name() {
  utsname name;
  if (uname(&name) != 0) return "unknown";
  return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

void init_process_title(int argc, char** argv) {
  if (g_title != nullptr || argc < 1 || argv[0] == nullptr) return;
  // Arguments and environment lie one behind the other; stop where something else begins.
  char* end = argv[0];
  for (int i = 0; i < argc && argv[i] != nullptr; ++i) {
    if (argv[i] == end) end += std::strlen(argv[i]) + 1;
  }
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (*entry == end) end += std::strlen(*entry) + 1;
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  // clearenv and setenv make the C library keep copies on the heap from here on.
  clearenv();
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  // The C library's error messages use the program's name, which pointed into the block as well. The copy
  // lives as long as the process.
  program_invocation_name = strdup(argv[0]);
  const char* slash = std::strrchr(program_invocation_name, '/');
  program_invocation_short_name = slash != nullptr ? const_cast<char*>(slash) + 1 : program_invocation_name;
  g_title = argv[0];
  g_title_size = static_cast<size_t>(end - argv[0]);
}

void set_process_title(std::string_view title) {
  if (g_title_size == 0) return;
  const size_t length = std::min(title.size(), g_title_size - 1);
  std::memcpy(g_title, title.data(), length);
  std::memset(g_title + length, 0, g_title_size - length);
}

size_t raise_open_files_limit(size_t wanted) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  // Privileged processes may raise the hard limit too, up to the kernel's fs.nr_open.
  rlimit raised{wanted, std::max<rlim_t>(wanted, limit.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return wanted;
  raised = {std::min<rlim_t>(wanted, limit.rlim_max), limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return raised.rlim_cur;
  return limit.rlim_cur;
}

}  // namespace strata
