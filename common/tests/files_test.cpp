#include "common/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>

#include "common/random.h"

namespace strata {
namespace {

namespace fs = std::filesystem;

bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

class FilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(::testing::TempDir()) / ("strata-files-" + random_hex(12));
    fs::create_directory(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }
  std::string path(const char* name) const { return (directory_ / name).string(); }
  size_t entries() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }
  fs::path directory_;
};

TEST_F(FilesTest, UniqueFdClosesExactlyOnce) {
  int raw;
  {
    UniqueFd fd(open("/dev/null", O_RDONLY));
    raw = fd.get();
    EXPECT_TRUE(fd);
    UniqueFd moved(std::move(fd));
    EXPECT_FALSE(fd);  // NOLINT(bugprone-use-after-move): the moved-from state is promised
    EXPECT_TRUE(is_open(raw));
    fd = std::move(moved);
    EXPECT_EQ(fd.get(), raw);
  }
  EXPECT_FALSE(is_open(raw));
  UniqueFd fd(open("/dev/null", O_RDONLY));
  raw = fd.release();
  fd.reset();
  EXPECT_TRUE(is_open(raw));
  close(raw);
}

TEST_F(FilesTest, OpenErrorsNameThePathAndTheReason) {
  EXPECT_EQ(open_file(path("none"), O_RDONLY).message(), "open " + path("none") + ": No such file or directory");
  EXPECT_EQ(read_file(path("none")).message(), "open " + path("none") + ": No such file or directory");
  EXPECT_NE(read_file(directory_.string()).message().find("Is a directory"), std::string::npos);
}

TEST_F(FilesTest, DescriptorsAreNotInherited) {
  Expected<UniqueFd> fd = open_file(path("x"), O_CREAT | O_WRONLY);
  ASSERT_TRUE(fd);
  EXPECT_NE(fcntl(fd->get(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST_F(FilesTest, ReadsBackWhatWasWritten) {
  for (size_t size : {size_t{0}, size_t{1}, size_t{65536}, size_t{1'000'003}}) {
    std::string data(size, '\0');
    random_bytes(data.data(), size);
    ASSERT_EQ(write_file_atomic(path("f"), data).message(), "");
    Expected<std::string> back = read_file(path("f"));
    ASSERT_TRUE(back) << back.message();
    EXPECT_EQ(*back, data);
  }
  EXPECT_EQ(entries(), 1u) << "no temporary file is left";
}

TEST_F(FilesTest, ReadsFilesWithoutASize) {
  Expected<std::string> stat = read_file("/proc/self/stat");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->find(std::to_string(getpid())), 0u);
}

TEST_F(FilesTest, AFailedReplacementLeavesTheOldFile) {
  fs::create_directory(path("target"));
  const Status status = write_file_atomic(path("target"), "data");
  EXPECT_NE(status.message().find("rename"), std::string::npos) << status.message();
  EXPECT_TRUE(fs::is_directory(path("target")));
  EXPECT_EQ(entries(), 1u);
  EXPECT_FALSE(write_file_atomic(path("no/such/directory"), "data").ok());
}

TEST_F(FilesTest, ReplacingKeepsPermissions) {
  const mode_t old_mask = umask(0);
  ASSERT_TRUE(write_file_atomic(path("f"), "1", 0640).ok());
  EXPECT_EQ(fs::status(path("f")).permissions(), fs::perms{0640});
  ASSERT_TRUE(write_file_atomic(path("f"), "2", 0600).ok());
  EXPECT_EQ(fs::status(path("f")).permissions(), fs::perms{0640});
  umask(old_mask);
}

TEST_F(FilesTest, WriteErrorsAreReported) {
  Expected<UniqueFd> full = open_file("/dev/full", O_WRONLY);
  ASSERT_TRUE(full);
  EXPECT_EQ(write_all(full->get(), "x", "/dev/full").message(), "write /dev/full: No space left on device");
  EXPECT_TRUE(write_all(full->get(), "", "/dev/full").ok());
}

// A pipe takes 64 KiB at a time, and a signal without SA_RESTART interrupts the writer again and again.
TEST_F(FilesTest, WriteAllSurvivesShortWritesAndSignals) {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  struct sigaction old;
  ASSERT_EQ(sigaction(SIGUSR1, &action, &old), 0);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  UniqueFd reader(ends[0]);
  const std::string data(2'000'000, 'x');
  std::string got;
  const pthread_t writer = pthread_self();
  std::thread reading([&] {
    char buf[10'000];
    for (;;) {
      pthread_kill(writer, SIGUSR1);
      const ssize_t n = read(reader.get(), buf, sizeof buf);
      if (n <= 0) break;
      got.append(buf, static_cast<size_t>(n));
      if (got.size() == data.size()) break;
    }
  });
  const Status status = write_all(ends[1], data, "pipe");
  close(ends[1]);
  reading.join();
  sigaction(SIGUSR1, &old, nullptr);
  EXPECT_EQ(status.message(), "");
  EXPECT_EQ(got, data);
}

TEST_F(FilesTest, TempFilesVanishUnlessRenamed) {
  std::string name;
  {
    Expected<TempFile> file = TempFile::create(path("t-"));
    ASSERT_TRUE(file) << file.message();
    name = file->path();
    EXPECT_TRUE(fs::exists(name));
    TempFile moved = std::move(*file);
    EXPECT_EQ(moved.path(), name);
  }
  EXPECT_FALSE(fs::exists(name));
  {
    Expected<TempFile> file = TempFile::create(path("t-"));
    ASSERT_TRUE(file);
    ASSERT_TRUE(write_all(file->fd(), "kept", file->path()).ok());
    ASSERT_TRUE(file->rename_to(path("final")).ok());
  }
  EXPECT_EQ(*read_file(path("final")), "kept");
  EXPECT_EQ(entries(), 1u);
  EXPECT_FALSE(TempFile::create(path("no/such/")).ok());
}

TEST_F(FilesTest, Directories) {
  EXPECT_EQ(directory_of("a"), ".");
  EXPECT_EQ(directory_of("/a"), "/");
  EXPECT_EQ(directory_of("/a/b"), "/a");
  EXPECT_EQ(directory_of("a/b/"), "a/b");
  EXPECT_TRUE(fsync_directory(directory_.string()).ok());
  EXPECT_FALSE(fsync_directory(path("none")).ok());
}

}  // namespace
}  // namespace strata
