// monitor/info_report.h: what is read in INFO, of servers new and old, and what is passed over.
#include "07_sentinel/monitor/info_report.h"

#include <gtest/gtest.h>

namespace strata::sentinel {
namespace {

const std::string kRunId(40, 'a');

TEST(InfoReport, OfAMasterListsItsReplicas) {
  const InfoReport report = parse_info("# Server\r\nrun_id:" + kRunId +
                                       "\r\n# Replication\r\nrole:master\r\nconnected_slaves:2\r\n"
                                       "slave0:ip=10.0.0.2,port=6380,state=online,offset=14,lag=1\r\n"
                                       "slave1:::1,6381,online\r\nslave_repl_offset:5\r\n");
  EXPECT_EQ(report.run_id, kRunId);
  EXPECT_EQ(report.role, Role::kMaster);
  ASSERT_EQ(report.replicas.size(), 2u);
  EXPECT_EQ(report.replicas[0].host, "10.0.0.2");
  EXPECT_EQ(report.replicas[0].port, 6380);
  EXPECT_EQ(report.replicas[1].host, "::1");
  EXPECT_EQ(report.replicas[1].port, 6381);
  EXPECT_FALSE(report.offset);  // not a replica's
}

TEST(InfoReport, OfAReplicaTellsWhomItFollows) {
  const InfoReport report = parse_info(
      "role:slave\r\nmaster_host:10.0.0.1\r\nmaster_port:6379\r\nmaster_link_status:down\r\n"
      "master_link_down_since_seconds:12\r\nslave_repl_offset:4711\r\nslave_priority:25\r\nreplica_announced:0\r\n");
  EXPECT_EQ(report.role, Role::kReplica);
  EXPECT_EQ(report.master_host, "10.0.0.1");
  EXPECT_EQ(report.master_port, 6379);
  EXPECT_EQ(report.master_link_up, false);
  EXPECT_EQ(report.master_link_down_ms, 12'000);
  EXPECT_EQ(report.offset, 4711);
  EXPECT_EQ(report.priority, 25);
  EXPECT_EQ(report.announced, false);
}

TEST(InfoReport, FieldsOfAReplicaCountBehindItsRole) {
  const InfoReport report = parse_info("master_host:10.0.0.1\r\nslave_priority:0\r\nrole:slave\r\n");
  EXPECT_FALSE(report.master_host);
  EXPECT_FALSE(report.priority);
}

TEST(InfoReport, PassesOverWhatItCannotRead) {
  const InfoReport report = parse_info(
      "run_id:short\r\nrole:gardener\r\nslave0:\r\nslave1:ip=1.2.3.4\r\nslave2:ip=1.2.3.4,port=x\r\nslaves:1,2,3\r\n"
      "no colon\r\nmaster_link_down_since_seconds:soon\r\nrole");
  EXPECT_TRUE(report.run_id.empty());
  EXPECT_FALSE(report.role);
  EXPECT_TRUE(report.replicas.empty());
  EXPECT_EQ(report.master_link_down_ms, 0);
  EXPECT_FALSE(parse_info("").role);
}

}  // namespace
}  // namespace strata::sentinel
