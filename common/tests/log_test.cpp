#include "common/log.h"

#include <gtest/gtest.h>
#include <regex.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace strata {
namespace {

// POSIX extended regular expression over the whole text. (std::regex trips GCC's flow analysis in sanitizer
// builds.)
bool matches(const std::string& text, const std::string& pattern) {
  regex_t compiled;
  if (regcomp(&compiled, ("^(" + pattern + ")$").c_str(), REG_EXTENDED | REG_NOSUB) != 0) return false;
  const bool matched = regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  regfree(&compiled);
  return matched;
}

class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(::testing::TempDir()) / ("strata-log-" + std::to_string(getpid()));
    std::filesystem::remove(path_);
    set_log_file(path_.string());
  }
  void TearDown() override {
    set_log_file("");
    set_log_level(LogLevel::kNotice);
    set_log_role('M');
    std::filesystem::remove(path_);
  }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  std::filesystem::path path_;
};

TEST_F(LogTest, LineHasTheShapeThatToolsParse) {
  set_log_level(LogLevel::kDebug);
  log_debug("d {}", 1);
  log_verbose("v {}", 2);
  log_notice("n {}", 3);
  log_warning("w {}", 4);
  const std::string head =
      std::to_string(getpid()) + ":M [0-9]{2} [A-Z][a-z][a-z] [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3} ";
  const std::string expected = head + "[.] d 1\n" + head + "- v 2\n" + head + "[*] n 3\n" + head + "# w 4\n";
  EXPECT_TRUE(matches(content(), expected)) << content();
}

TEST_F(LogTest, LinesBelowTheLevelAreDropped) {
  log_debug("hidden");
  log_verbose("hidden");
  EXPECT_EQ(content(), "");
  set_log_level(LogLevel::kWarning);
  log_notice("hidden");
  log_warning("seen");
  EXPECT_EQ(content().find("hidden"), std::string::npos);
  EXPECT_NE(content().find("seen"), std::string::npos);
}

TEST_F(LogTest, RoleIsPartOfTheHead) {
  set_log_role('C');
  log_notice("x");
  EXPECT_EQ(content().find(std::to_string(getpid()) + ":C "), 0u);
}

TEST_F(LogTest, ARotatedFileIsOpenedAnew) {
  log_notice("before");
  std::filesystem::remove(path_);
  log_notice("after");
  EXPECT_EQ(content().find("before"), std::string::npos);
  EXPECT_NE(content().find("after"), std::string::npos);
}

TEST_F(LogTest, AnUnwritableLogIsSurvivedAndErrnoKept) {
  set_log_file("/nonexistent-directory/log");
  errno = EPIPE;
  log_notice("lost");
  EXPECT_EQ(errno, EPIPE);
  EXPECT_EQ(open_log_descriptor(), -1);
  set_log_file("/dev/full");
  log_notice("lost");
  log_raw("lost");
  log_from_signal("lost");
  SUCCEED();
}

TEST_F(LogTest, RawTextAndSignalLines) {
  log_raw("banner\n");
  log_raw_from_signal("raw", 3);
  log_from_signal("Received SIGTERM");
  const std::string expected =
      "banner\nraw" + std::to_string(getpid()) + ":signal-handler [(][0-9]{10}[)] Received SIGTERM\n";
  EXPECT_TRUE(matches(content(), expected)) << content();
}

TEST_F(LogTest, LinesOfSeveralThreadsDoNotMix) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 200; ++i) log_notice("thread {} {}", t, std::string(200, static_cast<char>('a' + t)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::istringstream lines(content());
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    ++count;
    ASSERT_GT(line.size(), 200u);
    EXPECT_EQ(line.find_first_not_of(line.back(), line.size() - 200), std::string::npos) << line;
  }
  EXPECT_EQ(count, 800);
}

TEST_F(LogTest, VeryLongMessagesAreWhole) {
  log_notice("{}", std::string(100'000, 'x'));
  EXPECT_GT(content().size(), 100'000u);
}

TEST(Syslog, KnowsTheFacilities) {
  EXPECT_FALSE(enable_syslog("strata", "kern"));
  EXPECT_FALSE(enable_syslog("strata", "local8"));
  EXPECT_TRUE(enable_syslog("strata", "LOCAL7"));
  disable_syslog();
}

}  // namespace
}  // namespace strata
