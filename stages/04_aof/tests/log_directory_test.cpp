// The manifest on the disk is always a whole one, and history goes only when nothing names it any more.
#include "04_aof/files/log_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "04_aof/tests/log_samples.h"
#include "common/log.h"

namespace strata::aof {
namespace {

struct LogDirectoryTest : ::testing::Test {
  LogDirectoryTest() {
    set_log_file("/dev/null");
    directory.configure(folder / "logs", "a.aof");
  }
  ~LogDirectoryTest() override { set_log_file(""); }

  static Manifest some(uint64_t seq) {
    return *Manifest::parse("file b seq " + std::to_string(seq) + " type b\nfile i seq 1 type i\n");
  }
  std::string on_disk() const { return folder.read("logs/a.aof.manifest"); }

  TestFolder folder;
  LogDirectory directory;
};

TEST_F(LogDirectoryTest, NoManifestIsAnEmptyOne) {
  EXPECT_FALSE(directory.exists());
  EXPECT_TRUE(directory.read().ok());
  EXPECT_TRUE(directory.manifest().empty());
}

TEST_F(LogDirectoryTest, PersistMakesTheDirectoryAndLeavesNothingElse) {
  ASSERT_TRUE(directory.persist(some(1)).ok());
  EXPECT_TRUE(directory.exists());
  EXPECT_EQ(on_disk(), some(1).text());
  EXPECT_EQ(directory.manifest(), some(1));
  EXPECT_FALSE(folder.has("logs/temp-a.aof.manifest"));
  struct stat about {};
  ASSERT_EQ(::stat((folder / "logs").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777u, 0755u);
}

TEST_F(LogDirectoryTest, WhatWasPersistedIsRead) {
  ASSERT_TRUE(directory.persist(some(3)).ok());
  LogDirectory another;
  another.configure(folder / "logs", "a.aof");
  ASSERT_TRUE(another.read().ok());
  EXPECT_EQ(another.manifest(), some(3));
}

TEST_F(LogDirectoryTest, PersistReplacesAndIsNotMisledByLeftovers) {
  ASSERT_TRUE(directory.persist(some(1)).ok());
  folder.write("logs/temp-a.aof.manifest", "half a manifest, of a crash, and longer than what is written now");
  ASSERT_TRUE(directory.persist(some(2)).ok());
  EXPECT_EQ(on_disk(), some(2).text());
}

// A directory in the place of the temporary file, or of the manifest: neither can be written.
TEST_F(LogDirectoryTest, AFailureLeavesTheOldManifest) {
  ASSERT_TRUE(directory.persist(some(1)).ok());
  std::filesystem::create_directories(folder / "logs/temp-a.aof.manifest/x");
  EXPECT_FALSE(directory.persist(some(2)).ok());
  EXPECT_EQ(on_disk(), some(1).text());
  EXPECT_EQ(directory.manifest(), some(1));
}

TEST_F(LogDirectoryTest, AFailedRenameLeavesNoTemporaryFile) {
  ASSERT_TRUE(directory.make().ok());
  std::filesystem::create_directories(folder / "logs/a.aof.manifest/x");
  EXPECT_FALSE(directory.persist(some(2)).ok());
  EXPECT_FALSE(folder.has("logs/temp-a.aof.manifest"));
  EXPECT_TRUE(directory.manifest().empty());
  EXPECT_FALSE(directory.read().ok());
}

TEST_F(LogDirectoryTest, AFileInTheDirectorysPlaceIsAnError) {
  folder.write("logs", "");
  EXPECT_FALSE(directory.exists());
  EXPECT_FALSE(directory.persist(some(1)).ok());
}

TEST_F(LogDirectoryTest, ABadManifestIsAnErrorAndNothingIsTakenFromIt) {
  ASSERT_TRUE(directory.persist(some(1)).ok());
  folder.write("logs/a.aof.manifest", "file b seq 1 type b\nnonsense\n");
  EXPECT_EQ(directory.read().message(), "Invalid AOF manifest file format, at line 2: 'nonsense'");
  EXPECT_TRUE(directory.manifest().empty());
}

TEST_F(LogDirectoryTest, HistoryIsDeletedAndForgotten) {
  ASSERT_TRUE(directory.make().ok());
  for (const char* file : {"b", "i", "old1", "old2"}) folder.write(std::string("logs/") + file, "12345");
  Manifest manifest = some(2);
  manifest.history = {{"old1", 1}, {"gone", 1}, {"old2", 1}};
  ASSERT_TRUE(directory.persist(manifest).ok());
  size_t handed_over = 0;
  directory.remove_history([&](UniqueFd fd) { handed_over += fd ? 1 : 0; });
  EXPECT_EQ(handed_over, 2u);
  EXPECT_FALSE(folder.has("logs/old1") || folder.has("logs/old2"));
  EXPECT_TRUE(folder.has("logs/b") && folder.has("logs/i"));
  EXPECT_EQ(on_disk(), some(2).text());
  EXPECT_EQ(directory.bytes({"b", 2}), 5u);
  EXPECT_EQ(directory.bytes({"gone", 1}), 0u);
}

TEST_F(LogDirectoryTest, HistoryThatCannotBeDeletedStaysListed) {
  Manifest manifest = some(2);
  manifest.history = {{"stubborn", 1}};
  ASSERT_TRUE(directory.persist(manifest).ok());
  std::filesystem::create_directories(folder / "logs/stubborn/x");
  directory.remove_history([](UniqueFd) {});
  EXPECT_EQ(directory.manifest().history.size(), 1u);
  EXPECT_EQ(on_disk(), manifest.text());
}

}  // namespace
}  // namespace strata::aof
