#include "01_resp_server/server/info_sections.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "01_resp_server/commands/client_pause.h"
#include "01_resp_server/commands/hello.h"
#include "01_resp_server/pubsub/pubsub.h"
#include "01_resp_server/server/info_commandstats.h"
#include "01_resp_server/server/info_memory.h"
#include "01_resp_server/server/latency_histogram.h"
#include "01_resp_server/server/memory_report.h"
#include "01_resp_server/server/server.h"
#include "01_resp_server/server/version.h"
#include "common/clock.h"
#include "common/proc.h"
#include "common/random.h"

namespace strata::resp {

namespace {

struct StatisticsHooks {
  std::vector<std::function<void()>> hooks;
};

StatisticsHooks& hooks_of(Server& server) {
  auto* found = server.find<StatisticsHooks>();
  return found != nullptr ? *found : server.own<StatisticsHooks>();
}

// The largest buffers of the last eight seconds: what ServerStats saw since the last roll, and the seconds
// before.
class RecentBuffers {
 public:
  void roll(ServerStats& stats) {  // once a second
    input_[next_] = std::exchange(stats.largest_input, 0);
    output_[next_] = std::exchange(stats.largest_output, 0);
    next_ = (next_ + 1) % kSeconds;
  }
  uint64_t input(const ServerStats& stats) const { return largest(input_, stats.largest_input); }
  uint64_t output(const ServerStats& stats) const { return largest(output_, stats.largest_output); }

 private:
  static constexpr size_t kSeconds = 8;
  using Seconds = std::array<uint64_t, kSeconds>;
  static uint64_t largest(const Seconds& seconds, uint64_t present) {
    return std::max(present, *std::max_element(seconds.begin(), seconds.end()));
  }
  Seconds input_{};
  Seconds output_{};
  size_t next_ = 0;
};

std::string option_text(const Server& server, std::string_view name) {
  const Option* option = server.config.find(name);
  return option == nullptr ? std::string() : option->get();
}

// A number that differs between builds.
uint64_t build_id() {
  constexpr std::string_view kWhat = __DATE__ " " __TIME__;
  uint64_t id = 14695981039346656037ull;  // FNV-1a
  for (char c : kWhat) id = (id ^ static_cast<uint8_t>(c)) * 1099511628211ull;
  return id;
}

void server_section(const Server& server, InfoWriter& out) {
  int64_t now_us = wall_us();
  int64_t uptime_s = now_us / 1'000'000 - server.started_ms / 1000;
  std::string supervised = option_text(server, "supervised");
  out.field("redis_version", kRedisVersion);
  out.field("redis_git_sha1", "00000000");
  out.field("redis_git_dirty", 0);
  out.line("redis_build_id:{:x}", build_id());
  const auto* identity = server.find<ServerIdentity>();
  out.field("redis_mode", identity != nullptr ? identity->mode : ServerIdentity().mode);
  out.field("os", os_name());
  out.field("arch_bits", sizeof(void*) * 8);
  out.field("monotonic_clock", "POSIX clock_gettime");
  out.field("multiplexing_api", "epoll");
  out.field("atomicvar_api", "c11-builtin");
  out.line("gcc_version:{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
  out.field("process_id", getpid());
  out.field("process_supervised", supervised.empty() ? "no" : supervised);
  out.field("run_id", server.run_id);
  out.field("tcp_port", option_text(server, "port"));
  out.field("server_time_usec", now_us);
  out.field("uptime_in_seconds", uptime_s);
  out.field("uptime_in_days", uptime_s / 86400);
  out.field("hz", server.hz);
  out.field("configured_hz", option_text(server, "hz"));
  out.field("lru_clock", (now_us / 1'000'000) & 0xffffff);
  out.field("executable", server.executable);
  out.field("config_file", server.config.file);
  out.field("io_threads_active", 0);
  out.field("strata_version", kStrataVersion);
}

void clients_section(const Server& server, InfoWriter& out) {
  out.field("connected_clients", server.clients.count());
  out.field("cluster_connections", server.clients.connections() - server.clients.count());
  out.field("maxclients", server.clients.max_clients);
  const auto& recent = server.get<RecentBuffers>();
  out.field("client_recent_max_input_buffer", recent.input(server.stats));
  out.field("client_recent_max_output_buffer", recent.output(server.stats));
  const auto* pause = server.find<ClientPause>();
  out.field("blocked_clients", pause == nullptr ? 0 : pause->held_count());
  out.field("tracking_clients", 0);
  out.field("clients_in_timeout_table", 0);
}

void kbps(InfoWriter& out, std::string_view name, const RateMeter& rate) {
  out.line("{}:{:.2f}", name, static_cast<double>(rate.per_second()) / 1024);
}

void stats_section(const Server& server, InfoWriter& out) {
  const ServerStats& stats = server.stats;
  out.field("total_connections_received", stats.connections_received);
  out.field("total_commands_processed", stats.commands_processed);
  out.field("instantaneous_ops_per_sec", stats.commands_rate.per_second());
  out.field("total_net_input_bytes", stats.net_input_bytes);
  out.field("total_net_output_bytes", stats.net_output_bytes);
  kbps(out, "instantaneous_input_kbps", stats.input_rate);
  kbps(out, "instantaneous_output_kbps", stats.output_rate);
  out.field("rejected_connections", stats.rejected_connections);
  if (const auto* pubsub = server.find<PubSub>()) {
    out.field("pubsub_channels", pubsub->channels().size());
    out.field("pubsub_patterns", pubsub->patterns().size());
    out.field("pubsubshard_channels", pubsub->topics(TopicKind::kShardChannel).size());
  }
  out.field("unexpected_error_replies", stats.unexpected_error_replies);
  out.field("total_error_replies", stats.error_replies);
  out.field("total_reads_processed", stats.reads_processed);
  out.field("total_writes_processed", stats.writes_processed);
}

void cpu_time(InfoWriter& out, std::string_view name, const timeval& time) {
  out.line("{}:{}.{:06}", name, time.tv_sec, time.tv_usec);
}

void cpu_section(InfoWriter& out) {
  rusage self{};
  rusage children{};
  rusage thread{};
  getrusage(RUSAGE_SELF, &self);
  getrusage(RUSAGE_CHILDREN, &children);
  getrusage(RUSAGE_THREAD, &thread);
  cpu_time(out, "used_cpu_sys", self.ru_stime);
  cpu_time(out, "used_cpu_user", self.ru_utime);
  cpu_time(out, "used_cpu_sys_children", children.ru_stime);
  cpu_time(out, "used_cpu_user_children", children.ru_utime);
  cpu_time(out, "used_cpu_sys_main_thread", thread.ru_stime);
  cpu_time(out, "used_cpu_user_main_thread", thread.ru_utime);
}

void sample_rates(Server& server) {
  ServerStats& stats = server.stats;
  int64_t now_ms = server.loop.now_ms();
  stats.commands_rate.sample(now_ms, stats.commands_processed);
  stats.input_rate.sample(now_ms, stats.net_input_bytes);
  stats.output_rate.sample(now_ms, stats.net_output_bytes);
}

}  // namespace

void install_info_sections(Server& server) {
  MemoryAccounts::of(server);
  server.every(100, [&server] { sample_rates(server); });
  auto& recent = server.own<RecentBuffers>();
  server.every(1000, [&server, &recent] { recent.roll(server.stats); });

  Info& info = server.info;
  std::string replid = random_hex(40);  // as if this were the start of a replication history
  info.section("server").add([&server](InfoWriter& out) { server_section(server, out); });
  info.section("clients").add([&server](InfoWriter& out) { clients_section(server, out); });
  info.section("memory").add([&server](InfoWriter& out) { memory_section(server, out); });
  info.section("persistence").add(default_persistence).add([&server](InfoWriter& out) {
    out.field("rdb_last_save_time", server.started_ms / 1000);
  });
  info.section("stats").add(default_stats).add([&server](InfoWriter& out) { stats_section(server, out); });
  info.section("replication").add(default_replication).add([replid](InfoWriter& out) {
    out.field("master_replid", replid);
  });
  info.section("cpu").add(cpu_section);
  info.section("modules");
  info.section("cluster").add([](InfoWriter& out) { out.field("cluster_enabled", 0); });
  install_command_stats(server);
}

void reset_statistics(Server& server) {
  server.stats.reset();
  server.commands.each([](CommandSpec& spec) {
    auto reset = [](CommandSpec& each) {
      each.stats = CommandStats();
      each.latency.reset();
    };
    reset(spec);
    for (CommandSpec& sub : spec.subcommands) reset(sub);
  });
  for (auto& hook : hooks_of(server).hooks) hook();
}

void on_reset_statistics(Server& server, std::function<void()> hook) {
  hooks_of(server).hooks.push_back(std::move(hook));
}

}  // namespace strata::resp
