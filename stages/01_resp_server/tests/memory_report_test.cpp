// Guards the figures that INFO memory, MEMORY STATS and MEMORY DOCTOR share, LOLWUT's picture and sizes for
// people.
#include "01_resp_server/server/memory_report.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "01_resp_server/commands/lolwut.h"
#include "01_resp_server/commands/memory_doctor.h"
#include "01_resp_server/server/server.h"

namespace strata::resp {
namespace {

TEST(HumanBytes, AsInfoShowsThem) {
  EXPECT_EQ(human_bytes(0), "0B");
  EXPECT_EQ(human_bytes(1023), "1023B");
  EXPECT_EQ(human_bytes(916408), "894.93K");
  EXPECT_EQ(human_bytes(25276510208), "23.54G");
  EXPECT_EQ(human_bytes(uint64_t{3} << 50), "3.00P");
  EXPECT_EQ(human_bytes(uint64_t{3} << 60), "3072.00P");
}

TEST(MemoryAccounts, PartsAndTablesAreOverheadTheRestIsData) {
  Server server;
  MemoryAccounts accounts(server);
  accounts.add(MemoryPart::kAofBuffer, [] { return size_t{100}; });
  accounts.add(MemoryPart::kAofBuffer, [] { return size_t{23}; });
  accounts.set_databases([] { return std::vector<DatabaseMemory>{{0, 10, 1000, 0}, {3, 5, 500, 0}}; });
  MemoryReport report = accounts.take();
  EXPECT_EQ(report.part(MemoryPart::kAofBuffer), 123u);
  EXPECT_EQ(report.keys, 15u);
  EXPECT_EQ(report.overhead, report.startup + 123 + 1500);
  EXPECT_EQ(report.dataset(), report.used - report.overhead);
  EXPECT_GE(report.peak, report.used);
}

TEST(MemoryReport, PercentagesAreDefinedForAnEmptyServer) {
  MemoryReport report;
  EXPECT_EQ(report.dataset_percent(), 0);
  EXPECT_EQ(report.peak_percent(), 0);
  report.used = 300;
  report.startup = 100;
  report.overhead = 150;
  report.peak = 600;
  EXPECT_DOUBLE_EQ(report.dataset_percent(), 75);
  EXPECT_DOUBLE_EQ(report.peak_percent(), 50);
}

MemoryReport healthy() {
  MemoryReport report;
  report.used = report.peak = 1000u << 20;
  report.rss = 1010u << 20;
  report.allocator = {.allocated = 1000u << 20, .active = 1002u << 20, .resident = 1005u << 20};
  return report;
}

TEST(MemoryDoctor, FindsWhatIsWrongAndNothingElse) {
  EXPECT_EQ(memory_diagnosis(healthy(), 10).find(" * "), std::string::npos);
  MemoryReport report = healthy();
  report.peak = 1600u << 20;
  EXPECT_NE(memory_diagnosis(report, 10).find("Peak memory"), std::string::npos);
  report = healthy();
  report.allocator.active = 1200u << 20;
  EXPECT_NE(memory_diagnosis(report, 10).find("allocator fragmentation"), std::string::npos);
  report = healthy();
  report.parts[static_cast<size_t>(MemoryPart::kClientsNormal)] = 30u << 20;
  EXPECT_NE(memory_diagnosis(report, 10).find("Big client buffers"), std::string::npos);
  EXPECT_EQ(memory_diagnosis(report, 1000).find("Big client buffers"), std::string::npos);
}

TEST(Lolwut, FillsItsFrameAndDependsOnTheSeedAlone) {
  Random one(7);
  Random same(7);
  Random other(8);
  std::string picture = draw_strata(one, 40, 12);
  EXPECT_EQ(std::count(picture.begin(), picture.end(), '\n'), 12);
  EXPECT_EQ(picture, draw_strata(same, 40, 12));
  EXPECT_NE(picture, draw_strata(other, 40, 12));
}

}  // namespace
}  // namespace strata::resp
