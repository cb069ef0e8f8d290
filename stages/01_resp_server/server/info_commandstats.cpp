#include "01_resp_server/server/info_commandstats.h"

#include <fmt/format.h>

#include "01_resp_server/server/latency_histogram.h"
#include "01_resp_server/server/server.h"
#include "common/numbers.h"

namespace strata::resp {

namespace {

// Calls visit(spec) for every command and subcommand.
template <class Visit>
void each_with_subcommands(const CommandTable& commands, Visit visit) {
  commands.each([&visit](const CommandSpec& spec) {
    visit(spec);
    for (const CommandSpec& sub : spec.subcommands) visit(sub);
  });
}

void command_stats(const Server& server, InfoWriter& out) {
  each_with_subcommands(server.commands, [&out](const CommandSpec& spec) {
    const CommandStats& stats = spec.stats;
    if (stats.calls == 0 && stats.rejected_calls == 0 && stats.failed_calls == 0) return;
    uint64_t usec = stats.nsec / 1000;
    double per_call = stats.calls == 0 ? 0 : static_cast<double>(stats.nsec) / 1000 / static_cast<double>(stats.calls);
    out.line("cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}", spec.full_name,
             stats.calls, usec, per_call, stats.rejected_calls, stats.failed_calls);
  });
}

// A percentile in fixed notation without the zeros at its end: 50, 99.9.
std::string percentile_text(double percentile) {
  std::string text = fmt::format("{:f}", percentile);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

class Percentiles {
 public:
  std::vector<double> values = {50, 99, 99.9};

  void declare(Config& config) {
    CustomOption option;
    option.get = [this] { return text(); };
    option.set = [this](const std::vector<std::string>& words) { return set(words); };
    option.default_text = "50 99 99.9";
    config.custom("latency-tracking-info-percentiles", std::move(option), "percentiles of INFO latencystats",
                  {.multi = true});
  }

 private:
  std::string text() const {
    std::string joined;
    for (double each : values) joined += (joined.empty() ? "" : " ") + percentile_text(each);
    return joined;
  }
  Status set(const std::vector<std::string>& words) {
    std::vector<double> wanted;
    for (const std::string& word : words) {
      if (word.empty()) continue;
      double value = 0;
      if (!parse_double(word, &value)) return Status::error("Invalid latency-tracking-info-percentiles parameters");
      if (value < 0 || value > 100) {
        return Status::error("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
      }
      wanted.push_back(value);
    }
    values = std::move(wanted);
    return {};
  }
};

void latency_stats(const Server& server, const Percentiles& percentiles, InfoWriter& out) {
  if (!server.latency_tracking) return;
  each_with_subcommands(server.commands, [&](const CommandSpec& spec) {
    if (spec.latency == nullptr) return;
    std::string shown;
    for (double percentile : percentiles.values) {
      if (!shown.empty()) shown += ',';
      shown += fmt::format("p{}={:.3f}", percentile_text(percentile),
                           static_cast<double>(spec.latency->percentile(percentile)) / 1000);
    }
    out.line("latency_percentiles_usec_{}:{}", spec.full_name, shown);
  });
}

}  // namespace

void install_command_stats(Server& server) {
  server.info.section("commandstats").add([&server](InfoWriter& out) { command_stats(server, out); });
  server.info.section("errorstats").add([&server](InfoWriter& out) {
    for (const auto& [code, count] : server.stats.errors) out.line("errorstat_{}:count={}", code, count);
  });
}

void install_latency_stats(Server& server) {
  auto& percentiles = server.own<Percentiles>();
  percentiles.declare(server.config);
  server.config.flag("latency-tracking", &server.latency_tracking, true,
                     "keep a histogram of durations for every command");
  server.info.section("latencystats").add([&](InfoWriter& out) { latency_stats(server, percentiles, out); });
}

}  // namespace strata::resp
