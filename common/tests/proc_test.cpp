#include "common/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "common/files.h"

namespace strata {
namespace {

int g_argc;
char** g_argv;
// The C library hands main's arguments to constructors as well. The pointers are copied: GoogleTest takes its own flags
// out of the array before any test runs.
[[gnu::constructor]] void capture(int argc, char** argv) {
  g_argc = argc;
  g_argv = static_cast<char**>(std::calloc(static_cast<size_t>(argc) + 1, sizeof(char*)));
  std::copy_n(argv, argc, g_argv);
}

// Runs `check` in a child, since limits and titles cannot be taken back. 0 means success.
int in_child(const std::function<int()>& check) {
  const pid_t child = fork();
  if (child == 0) _exit(check());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

TEST(Proc, ResidentBytesGrowWithTouchedMemory) {
  const size_t before = resident_bytes();
  EXPECT_GT(before, size_t{100'000});
  std::vector<char> block(50 << 20, 1);
  EXPECT_GT(resident_bytes(), before + (40 << 20)) << static_cast<int>(block[7]);
}

TEST(Proc, OsNameHasThreeWords) {
  const std::string name = os_name();
  EXPECT_EQ(name.find("Linux "), 0u);
  EXPECT_EQ(std::count(name.begin(), name.end(), ' '), 2);
}

TEST(Proc, TitleReplacesTheCommandLineAndKeepsTheEnvironment) {
  setenv("STRATA_TITLE_TEST", "still=here", 1);
  EXPECT_EQ(in_child([] {
              set_process_title("too early");
              const char* path = getenv("PATH");
              const std::string path_before = path != nullptr ? path : "";
              init_process_title(g_argc, g_argv);
              set_process_title("strata *:6379");
              const std::string shown = read_file("/proc/self/cmdline").value();
              if (std::string(shown.c_str()) != "strata *:6379") return 1;
              if (shown.find_first_not_of('\0', std::strlen("strata *:6379")) != std::string::npos) return 2;
              if (std::string(getenv("STRATA_TITLE_TEST")) != "still=here") return 3;
              path = getenv("PATH");
              if (path_before != (path != nullptr ? path : "")) return 4;
              if (std::strlen(program_invocation_short_name) == 0) return 5;
              set_process_title(std::string(1'000'000, 'x'));
              set_process_title("short");
              if (std::string(read_file("/proc/self/cmdline").value().c_str()) != "short") return 6;
              return 0;
            }),
            0);
}

TEST(Proc, OpenFilesLimitIsRaisedToTheHardLimitAndNeverLowered) {
  EXPECT_EQ(in_child([] {
              rlimit limit{64, 0};
              rlimit old;
              getrlimit(RLIMIT_NOFILE, &old);
              limit.rlim_max = old.rlim_max;
              if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
              if (raise_open_files_limit(200) != 200) return 2;
              if (raise_open_files_limit(100) != 200) return 3;
              getrlimit(RLIMIT_NOFILE, &limit);
              if (limit.rlim_cur != 200) return 4;
              // More than any system allows: as far as possible, and the answer is the truth.
              const size_t reached = raise_open_files_limit(size_t{1} << 50);
              getrlimit(RLIMIT_NOFILE, &limit);
              return reached >= 200 && reached == limit.rlim_cur ? 0 : 5;
            }),
            0);
}

TEST(Proc, ChildOwnsWhatItWroteTo) {
  constexpr size_t kBytes = 32 << 20;
  std::vector<char> memory(kBytes, 'a');
  EXPECT_EQ(in_child([&memory] {
              const size_t before = private_dirty_bytes();
              for (size_t i = 0; i < kBytes; i += 1024) memory[i] = 'b';
              const size_t grown = private_dirty_bytes() - before;
              return before < kBytes && grown >= kBytes && grown < kBytes + kBytes / 4 ? 0 : 1;
            }),
            0);
}

}  // namespace
}  // namespace strata
