#include "04_aof/install.h"

#include "01_resp_server/server/info_sections.h"
#include "02_data_types/eviction/eviction.h"
#include "03_rdb_snapshot/loading/data_sources.h"
#include "04_aof/families.h"
#include "04_aof/load/image_formats.h"
#include "04_aof/persistence/append_only.h"

namespace strata::aof {

namespace {

constexpr int kLogPriority = rdb::kSnapshotPriority + 10;  // with a log nobody looks at the snapshot
constexpr int64_t kCheckMs = 100;

Status plain_name(const std::string& option, const std::string& name) {
  if (name.empty()) return Status::error("{} can't be empty", option);
  if (name.find_first_of("/\\") != std::string::npos)
    return Status::error("{} can't be a path, just a filename", option);
  return {};
}

void name_option(resp::Config& config, const std::string& option, std::string* value, const std::string& initial,
                 std::string_view doc) {
  *value = initial;
  resp::CustomOption custom{
      .get = [value] { return *value; },
      .set =
          [value, option](const std::vector<std::string>& words) {
            if (Status named = plain_name(option, words[0]); !named.ok()) return named;
            *value = words[0];
            return Status();
          },
      .default_text = initial,
  };
  config.custom(option, std::move(custom), doc, {.immutable = true});
}

void declare_options(resp::Config& config, AppendOnly& aof) {
  auto& log = aof.log().options;
  auto& rewrite = aof.rewrite().options;
  config.flag("appendonly", &aof.options.enabled, false, "log every write",
              {.on_change = [&aof] { return aof.follow_option(); }, .fixed_while_loading = true});
  name_option(config, "appendfilename", &aof.options.file_name, "appendonly.aof",
              "what the names of the log's files begin with");
  name_option(config, "appenddirname", &aof.options.directory_name, "appendonlydir",
              "the directory of the log's files");
  config.choice<SyncPolicy>(
      "appendfsync", &log.policy, SyncPolicy::kEverySecond,
      {{"everysec", SyncPolicy::kEverySecond}, {"always", SyncPolicy::kAlways}, {"no", SyncPolicy::kNo}},
      "when the log is synced to the disk");
  config.flag("no-appendfsync-on-rewrite", &log.no_sync_during_child, false, "no sync while a child writes a lot");
  config.flag("aof-timestamp-enabled", &log.timestamps, false, "note the time in the log, once a second at most");
  config.flag("aof-load-truncated", &aof.options.load_truncated, true, "load a log whose end is missing");
  config.integer("auto-aof-rewrite-percentage", &rewrite.growth_percent, 100, 0, INT32_MAX,
                 "rewrite the log when it has grown by so many percent; 0: never");
  config.memory("auto-aof-rewrite-min-size", &rewrite.min_bytes, 64 << 20, 0, resp::Config::kNoMaximum,
                "no rewrite by itself below this size");
  config.flag("aof-rewrite-incremental-fsync", &rewrite.incremental_fsync, true, "sync a base every few megabytes");
  config.flag("aof-disable-auto-gc", &rewrite.keep_history, false, "keep the files that a rewrite has replaced",
              {.on_change = [&aof] {
                if (!aof.rewrite().options.keep_history) aof.rewrite().remove_history();
                return Status();
              }});
}

void tell(AppendOnly& aof, resp::InfoWriter& out) {
  const Rewrite& rewrite = aof.rewrite();
  const AppendLog& log = aof.log();
  out.field("aof_enabled", aof.on() || aof.waiting());
  out.field("aof_rewrite_in_progress", rewrite.in_progress());
  out.field("aof_rewrite_scheduled", rewrite.scheduled());
  out.field("aof_last_rewrite_time_sec", rewrite.last_duration_s());
  out.field("aof_current_rewrite_time_sec", rewrite.current_duration_s());
  out.field("aof_last_bgrewrite_status", rewrite.last_succeeded() ? "ok" : "err");
  out.field("aof_rewrites", rewrite.count());
  out.field("aof_rewrites_consecutive_failures", rewrite.failures_in_a_row());
  out.field("aof_last_write_status", log.failing() ? "err" : "ok");
  out.field("aof_last_cow_size", rewrite.last_cow_bytes());
  out.field("module_fork_in_progress", 0);
  out.field("module_fork_last_cow_size", 0);
  if (!aof.options.enabled) return;
  out.field("aof_current_size", rewrite.log_bytes());
  out.field("aof_base_size", rewrite.base_bytes());
  out.field("aof_pending_rewrite", rewrite.scheduled());
  out.field("aof_buffer_length", log.buffered());
  out.field("aof_pending_bio_fsync", log.pending_syncs());
  out.field("aof_delayed_fsync", log.delayed_syncs());
}

}  // namespace

void install(resp::Server& server) {
  server.own<ImageFormats>();
  auto& formats = server.own<BaseFormats>();
  auto& aof = server.own<AppendOnly>(server);  // the log and its files
  declare_options(server.config, aof);
  formats.add({.suffix = "aof",
               .applies = [] { return true; },
               .write =
                   [&](auto& sink, const auto& progress) {
                     return write_commands(server, sink, aof.log().options.timestamps, progress);
                   }});

  server.get<db::Eviction>().not_counted([&aof] { return aof.log().buffered(); });
  install_bgrewriteaof(server);
  install_aof_debug(server);

  server.get<rdb::DataSources>().add({.name = "append-only log",
                                      .priority = kLogPriority,
                                      .applies = [&aof] { return aof.options.enabled; },
                                      .load = [&aof] { return aof.load(); },
                                      .prepare = [&aof] { return aof.prepare(); }});
  server.on_start([&aof] { return aof.open(); });
  server.replies.add_barrier([&aof] { aof.log().write_out(); });  // nothing is acknowledged before it is written
  server.loop.before_sleep([&aof] { aof.log().write_out(); });    // ... nor is it kept back when there is no reply
  server.every(kCheckMs, [&aof] { aof.periodic(); });
  server.info.section("persistence").add([&aof](resp::InfoWriter& out) { tell(aof, out); });
  resp::on_reset_statistics(server, [&aof] {
    aof.log().reset_statistics();
    aof.rewrite().reset_statistics();
  });
  server.shutdown.add(resp::ShutdownPhase::kFlush,
                      [&aof](const resp::ShutdownRequest& request) { return aof.end(request); });
}

}  // namespace strata::aof
