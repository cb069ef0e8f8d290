// LATENCY: the monitor's events (LATEST, HISTORY, GRAPH, DOCTOR, RESET) and the histograms of the commands.
#include <fmt/format.h>

#include "01_resp_server/commands/families.h"
#include "01_resp_server/commands/help.h"
#include "01_resp_server/commands/latency_doctor.h"
#include "01_resp_server/server/info_commandstats.h"
#include "01_resp_server/server/latency_histogram.h"
#include "01_resp_server/server/latency_monitor.h"
#include "01_resp_server/server/server.h"
#include "01_resp_server/server/sparkline.h"
#include "common/clock.h"

namespace strata::resp {

namespace {

LatencyMonitor& monitor_of(Client& client) { return client.server.get<LatencyMonitor>(); }

void latency_latest(Client& client, Args) {
  const auto& events = monitor_of(client).events();
  client.reply.array(events.size());
  for (const auto& [name, event] : events) {
    client.reply.array(4);
    client.reply.bulk(name);
    client.reply.integer(event.latest().time_s);
    client.reply.integer(event.latest().ms);
    client.reply.integer(event.worst_ms());
  }
}

void latency_history(Client& client, Args args) {
  const LatencyMonitor::Event* event = monitor_of(client).find(args[2]);
  size_t count = event == nullptr ? 0 : event->size();
  client.reply.array(count);
  for (size_t i = 0; i < count; i++) {
    client.reply.array(2);
    client.reply.integer(event->at(i).time_s);
    client.reply.integer(event->at(i).ms);
  }
}

void latency_reset(Client& client, Args args) {
  size_t forgotten = 0;
  if (args.size() == 2) forgotten = monitor_of(client).reset_all();
  for (std::string_view event : args.subspan(2)) forgotten += monitor_of(client).reset(event) ? 1 : 0;
  client.reply.integer(static_cast<int64_t>(forgotten));
}

// "12s", "5m", "3h", "1d"
std::string age_label(int64_t seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 86400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

void latency_graph(Client& client, Args args) {
  constexpr size_t kColumns = 80;
  const LatencyMonitor::Event* event = monitor_of(client).find(args[2]);
  if (event == nullptr) {
    client.reply.error(fmt::format("ERR No samples available for event '{}'", args[2]));
    return;
  }
  int64_t now_s = wall_ms() / 1000;
  std::vector<SparkPoint> points;
  for (size_t i = 0; i < event->size(); i++) {
    points.push_back({event->at(i).ms, age_label(now_s - event->at(i).time_s)});
  }
  LatencyMonitor::Analysis analysis = LatencyMonitor::analyse(*event, now_s);
  client.reply.verbatim(fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n{}\n{}", args[2],
                                    analysis.highest_ms, analysis.lowest_ms, event->worst_ms(),
                                    std::string(kColumns, '-'), draw_sparkline(points, kColumns)));
}

void latency_doctor(Client& client, Args) {
  client.reply.verbatim(latency_report(monitor_of(client), client.server.get<Slowlog>()));
}

void reply_histogram(Client& client, const CommandSpec& spec) {
  client.reply.bulk(spec.full_name);
  client.reply.map(2);
  client.reply.bulk("calls");
  client.reply.integer(static_cast<int64_t>(spec.latency->total()));
  client.reply.bulk("histogram_usec");
  Chunk* gap = client.reply.open();
  size_t buckets = 0;
  spec.latency->each_power_of_two([&](uint64_t us, uint64_t cumulative) {
    client.reply.integer(static_cast<int64_t>(us));
    client.reply.integer(static_cast<int64_t>(cumulative));
    buckets++;
  });
  client.reply.close_map(gap, buckets);
}

// LATENCY HISTOGRAM [command ...]: a container stands for all its subcommands.
void latency_histogram(Client& client, Args args) {
  std::vector<const CommandSpec*> shown;
  auto take = [&shown](const CommandSpec& spec) {
    if (spec.latency != nullptr) shown.push_back(&spec);
    for (const CommandSpec& sub : spec.subcommands) {
      if (sub.latency != nullptr) shown.push_back(&sub);
    }
  };
  const CommandTable& commands = client.server.commands;
  if (args.size() == 2) commands.each(take);
  for (std::string_view name : args.subspan(2)) {
    size_t bar = name.find('|');
    const CommandSpec* spec = commands.find(name.substr(0, bar));
    if (spec != nullptr && bar != std::string_view::npos) spec = spec->subcommand(name.substr(bar + 1));
    if (spec != nullptr) take(*spec);
  }
  client.reply.map(shown.size());
  for (const CommandSpec* spec : shown) reply_histogram(client, *spec);
}

void latency_help(Client& client, Args) {
  reply_help(client, "LATENCY",
             {"DOCTOR", "    Return a human readable latency analysis report.", "GRAPH <event>",
              "    Return an ASCII latency graph for the <event> class.", "HISTORY <event>",
              "    Return time-latency samples for the <event> class.", "LATEST",
              "    Return the latest latency samples for all events.", "RESET [<event> ...]",
              "    Reset latency data of one or more <event> classes.",
              "    (default: reset all data for all event classes)", "HISTOGRAM [COMMAND ...]",
              "    Return a cumulative distribution of latencies in the format of a histogram for the specified "
              "command names.",
              "    If no commands are specified then all histograms are replied."});
}

// The events "command" and "fast-command".
struct SlowCommands {
  int64_t threshold_us = -1;  // of the monitor, in the unit of Server::on_slow_command

  Status follow(Server& server, const LatencyMonitor& monitor) {
    constexpr int64_t kMostMs = INT64_MAX / 1000;
    threshold_us = monitor.enabled() ? std::min(monitor.threshold_ms, kMostMs) * 1000 : -1;
    server.refresh_slow_threshold();
    return {};
  }
};

void install_monitor_events(Server& server) {
  auto& monitor = server.own<LatencyMonitor>();
  auto& slow = server.own<SlowCommands>();
  server.config.integer("latency-monitor-threshold", &monitor.threshold_ms, 0, 0, Config::kNoMaximum,
                        "milliseconds from which the latency monitor remembers an event; 0: it is off",
                        {.on_change = [&] { return slow.follow(server, monitor); }});
  server.on_start([&] { return slow.follow(server, monitor); });
  server.on_slow_command(&slow.threshold_us, [&monitor](const CommandReport& report) {
    monitor.add_sample(report.spec.is(kFast) ? "fast-command" : "command", report.duration_us / 1000);
  });
}

}  // namespace

void install_latency(Server& server) {
  install_monitor_events(server);
  install_latency_stats(server);

  constexpr uint64_t kServe = kAdmin | kNoScript | kLoading | kStale;
  const std::vector<std::string_view> special = {"nondeterministic_output", "request_policy:all_nodes",
                                                 "response_policy:special"};
  server.commands.add(
      {.name = "latency",
       .arity = -2,
       .subcommands = {
           {.name = "doctor", .arity = 2, .flags = kServe, .tips = special, .run = latency_doctor},
           {.name = "graph", .arity = 3, .flags = kServe, .tips = special, .run = latency_graph},
           {.name = "help", .arity = 2, .flags = kLoading | kStale, .run = latency_help},
           {.name = "histogram", .arity = -2, .flags = kServe, .tips = special, .run = latency_histogram},
           {.name = "history", .arity = 3, .flags = kServe, .tips = special, .run = latency_history},
           {.name = "latest", .arity = 2, .flags = kServe, .tips = special, .run = latency_latest},
           {.name = "reset",
            .arity = -2,
            .flags = kServe,
            .tips = {"request_policy:all_nodes", "response_policy:all_succeeded"},
            .run = latency_reset},
       }});
}

}  // namespace strata::resp
