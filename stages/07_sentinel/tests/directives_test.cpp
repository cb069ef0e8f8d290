// options/: the lines of the configuration file, read in whatever order, and written so that they read the same.
#include "07_sentinel/options/directives.h"

#include <gtest/gtest.h>

#include "01_resp_server/install.h"
#include "01_resp_server/server/config_file.h"
#include "01_resp_server/server/config_rewrite.h"
#include "07_sentinel/install.h"

namespace strata::sentinel {
namespace {

const std::string kId(40, 'b');

struct DirectivesTest : ::testing::Test {
  DirectivesTest() { start_anew(); }
  void start_anew() {
    server = std::make_unique<resp::Server>();
    resp::install_server(*server);
    strata::sentinel::install(*server);
    sentinel_ = &server->get<Sentinel>();
  }
  std::string read(std::string_view text) {
    const auto error = resp::read_config_text(server->config, text, "", &resp::LateDirectives::of(*server));
    return error ? std::to_string(error->line) + ": " + error->reason : "";
  }
  // The lines of `text` after a rewrite that speak of the sentinel.
  std::string rewritten(std::string_view text) const {
    std::string lines;
    std::string_view rest = text;
    const std::string all = resp::rewritten(server->config, rest, &resp::LateDirectives::of(*server));
    for (size_t at = 0; at < all.size();) {
      const size_t end = all.find('\n', at);
      if (all.compare(at, 9, "sentinel ") == 0) lines += all.substr(at, end + 1 - at);
      at = end + 1;
    }
    return lines;
  }

  std::unique_ptr<resp::Server> server;
  Sentinel* sentinel_ = nullptr;
};

TEST_F(DirectivesTest, OrderDoesNotMatter) {
  EXPECT_EQ(read("sentinel known-replica m db2 6380\n"
                 "SENTINEL Down-After-Milliseconds m 500\n"
                 "sentinel monitor m db1.invalid 6379 2\n"
                 "sentinel resolve-hostnames yes\n"),
            "");
  const Master* master = sentinel_->find("m");
  ASSERT_NE(master, nullptr);
  EXPECT_EQ(master->quorum, 2);
  EXPECT_EQ(master->down_after_ms, 500);
  EXPECT_TRUE(master->address.ip.empty());
  ASSERT_EQ(master->replicas.size(), 1u);
  EXPECT_EQ(master->replicas.begin()->second->down_after_ms, 500);
}

TEST_F(DirectivesTest, Errors) {
  const std::pair<const char*, const char*> all[] = {
      {"sentinel monitor m 127.0.0.1 6379 0", "Quorum must be 1 or greater."},
      {"sentinel monitor m 127.0.0.1 65536 1", "Invalid port number."},
      {"sentinel monitor m db1 6379 1", "Can't resolve instance hostname."},
      {"sentinel monitor m 127.0.0.1 6379", "Unrecognized sentinel configuration statement."},
      {"sentinel down-after-milliseconds x 1", "No such master with specified name."},
      {"sentinel myid abc", "Malformed Sentinel id in myid option."},
      {"sentinel blah", "Unrecognized sentinel configuration statement."},
      {"sentinel resolve-hostnames maybe", "Please specify yes or no for the resolve-hostnames option."},
      {"sentinel deny-scripts-reconfig maybe", "Please specify yes or no for the deny-scripts-reconfig options."},
  };
  for (const auto& [line, reason] : all) {
    start_anew();
    EXPECT_EQ(read(line), std::string("1: ") + reason);
  }
}

TEST_F(DirectivesTest, ErrorsOfAMaster) {
  const std::pair<const char*, const char*> all[] = {
      {"monitor m 127.0.0.1 6379 1", "Duplicate master name."},
      {"down-after-milliseconds m 0", "negative or zero time parameter."},
      {"master-reboot-down-after-period m -1", "negative time parameter."},
      {"notification-script m /no/such", "Notification script seems non existing or non executable."},
      {"client-reconfig-script m /no/such", "Client reconfiguration script seems non existing or non executable."},
      {"known-replica m 127.0.0.1 6380", "Duplicate hostname and port for replica."},
      {"rename-command m CONFIG b", "Same command renamed multiple times with rename-command."},
  };
  for (const auto& [line, reason] : all) {
    start_anew();
    EXPECT_EQ(read("sentinel monitor m 127.0.0.1 6379 1\nsentinel known-slave m 127.0.0.1 6380\n"
                   "sentinel rename-command m config a\nsentinel " +
                   std::string(line)),
              std::string("4: ") + reason);
  }
}

TEST_F(DirectivesTest, WhatIsWrittenReadsTheSame) {
  const std::string text =
      "sentinel myid " + kId +
      "\nsentinel monitor m 127.0.0.1 6379 2\nsentinel down-after-milliseconds m 500\n"
      "sentinel auth-pass m secret\nsentinel config-epoch m 7\nsentinel leader-epoch m 8\n"
      "sentinel known-replica m 127.0.0.1 6380\nsentinel known-sentinel m 127.0.0.1 5001 " +
      std::string(40, 'c') +
      "\nsentinel rename-command m config cfg\nsentinel current-epoch 9\nsentinel announce-port 7000\n";
  ASSERT_EQ(read(text), "");
  EXPECT_EQ(rewritten(text), text);
  EXPECT_EQ(sentinel_->current_epoch, 9u);
  const std::string from_nothing = rewritten("");
  start_anew();
  ASSERT_EQ(read(from_nothing), "");
  EXPECT_EQ(rewritten(text), text);
}

TEST_F(DirectivesTest, LinesThatSayNothingGo) {
  const std::string text = "sentinel myid " + kId +
                           "\nsentinel monitor m 127.0.0.1 6379 2\nsentinel parallel-syncs m 1\n"
                           "sentinel known-slave m 127.0.0.1 6380\nsentinel deny-scripts-reconfig yes\n";
  ASSERT_EQ(read(text), "");
  EXPECT_EQ(rewritten(text), "sentinel myid " + kId +
                                 "\nsentinel monitor m 127.0.0.1 6379 2\nsentinel known-replica m 127.0.0.1 6380\n"
                                 "sentinel deny-scripts-reconfig yes\nsentinel config-epoch m 0\n"
                                 "sentinel leader-epoch m 0\nsentinel current-epoch 0\n");
}

TEST_F(DirectivesTest, DuringAFailoverTheFileNamesTheNewMaster) {
  ASSERT_EQ(read("sentinel monitor m 127.0.0.1 6379 2\nsentinel known-replica m 127.0.0.1 6380\n"), "");
  Master& master = *sentinel_->find("m");
  master.failover.promoted = master.replicas.begin()->second.get();
  master.failover.enter(FailoverState::kReconfigureReplicas);
  const std::string lines = rewritten("");
  EXPECT_NE(lines.find("sentinel monitor m 127.0.0.1 6380 2\n"), lines.npos);
  EXPECT_NE(lines.find("sentinel known-replica m 127.0.0.1 6379\n"), lines.npos);
}

}  // namespace
}  // namespace strata::sentinel
