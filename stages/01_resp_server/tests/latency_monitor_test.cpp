// Guards the latency monitor's history (one sample a second, the longest; 160 of them), its figures, and the
// graph.
#include "01_resp_server/server/latency_monitor.h"

#include <gtest/gtest.h>

#include "01_resp_server/server/sparkline.h"

namespace strata::resp {
namespace {

TEST(LatencyMonitor, DropsWhatIsBelowTheThresholdAndEverythingWhileOff) {
  LatencyMonitor monitor;
  monitor.add_sample("fork", 1000000);
  EXPECT_TRUE(monitor.events().empty());
  monitor.threshold_ms = 100;
  monitor.add_sample("fork", 99);
  EXPECT_EQ(monitor.find("fork"), nullptr);
  monitor.add_sample("fork", 100);
  ASSERT_NE(monitor.find("fork"), nullptr);
  EXPECT_EQ(monitor.find("fork")->latest().ms, 100);
}

TEST(LatencyMonitor, KeepsTheLongestOfASecondAndTheLongestEver) {
  LatencyMonitor::Event event;
  event.add(10, 50);
  event.add(10, 80);
  event.add(10, 60);
  event.add(11, 20);
  ASSERT_EQ(event.size(), 2u);
  EXPECT_EQ(event.at(0).ms, 80);
  EXPECT_EQ(event.latest().ms, 20);
  EXPECT_EQ(event.worst_ms(), 80);
}

TEST(LatencyMonitor, ForgetsTheOldestSampleWhenFull) {
  LatencyMonitor::Event event;
  event.add(0, 999);
  for (int64_t second = 1; second <= 200; second++) event.add(second, second);
  ASSERT_EQ(event.size(), LatencyMonitor::Event::kMostSamples);
  EXPECT_EQ(event.at(0).time_s, 41);
  EXPECT_EQ(event.latest().time_s, 200);
  EXPECT_EQ(event.worst_ms(), 999);
}

TEST(LatencyMonitor, ResetForgetsOneOrAll) {
  LatencyMonitor monitor;
  monitor.threshold_ms = 1;
  for (const char* name : {"a", "b", "c"}) monitor.add_sample(name, 5);
  EXPECT_FALSE(monitor.reset("nosuch"));
  EXPECT_TRUE(monitor.reset("b"));
  EXPECT_EQ(monitor.find("b"), nullptr);
  EXPECT_EQ(monitor.reset_all(), 2u);
  EXPECT_TRUE(monitor.events().empty());
}

TEST(LatencyMonitor, AnalysisOfSamples) {
  LatencyMonitor::Event event;
  event.add(100, 50);
  event.add(101, 80);
  LatencyMonitor::Analysis analysis = LatencyMonitor::analyse(event, 102);
  EXPECT_EQ(analysis.average_ms, 65);
  EXPECT_EQ(analysis.deviation_ms, 15);
  EXPECT_EQ(analysis.lowest_ms, 50);
  EXPECT_EQ(analysis.highest_ms, 80);
  EXPECT_DOUBLE_EQ(analysis.period_s, 1.0);
}

TEST(Sparkline, DrawsFourRowsAndLabelsFromTopToBottom) {
  EXPECT_EQ(draw_sparkline({{50, "20s"}, {80, "0s"}}, 80), " #\n |\n |\n_|\n  \n20\n0s\ns \n");
}

TEST(Sparkline, OneValueIsALineAtTheBottom) {
  EXPECT_EQ(draw_sparkline({{7, "1s"}}, 80), " \n \n \n_\n \n1\ns\n");
  EXPECT_EQ(draw_sparkline({}, 80), "");
}

TEST(Sparkline, GoesOnBelowOnTheSameScale) {
  EXPECT_EQ(draw_sparkline({{0, ""}, {12, ""}, {6, ""}}, 2), " #\n |\n |\n_|\n  \n\n \n_\n|\n|\n \n");
}

}  // namespace
}  // namespace strata::resp
