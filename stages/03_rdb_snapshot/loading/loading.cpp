#include "03_rdb_snapshot/loading/loading.h"

#include <unistd.h>

#include <cerrno>

#include "01_resp_server/server/client.h"
#include "03_rdb_snapshot/bytes/file_bytes.h"
#include "03_rdb_snapshot/families.h"
#include "03_rdb_snapshot/loading/data_sources.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "common/clock.h"
#include "common/log.h"

namespace strata::rdb {

namespace {

// [task 3.9] Answer in a command's place while the data is not there.
bool refuse_while_loading(resp::Client& client, const resp::CommandSpec&, resp::Args) {
  client.reply.error("LOADING Redis is loading the dataset in memory");
  return false;
}

}  // namespace

Loading::Loading(resp::Server& server) : server_(server) {
  gate_ = server.gates.add(
      "loading", resp::GateRank::kLoading,
      [](const resp::CommandSpec& spec) { return (spec.flags & resp::kLoading) == 0; }, refuse_while_loading);
  async_gate_ = server.gates.add(
      "loading beside", resp::GateRank::kLoading,
      [](const resp::CommandSpec& spec) { return spec.is(resp::kNoAsyncLoading); }, refuse_while_loading);
}

// [task 3.9] From here on commands that need the data are refused, and INFO tells of a load.
void Loading::begin(uint64_t total_bytes, Mode mode) {
  mode_ = mode;
  server_.armed |= active() ? gate_ : async_gate_;
  started_ms_ = wall_ms();
  total_bytes_ = total_bytes;
  loaded_bytes_ = served_at_ = 0;
  given_up_ = false;
  report_ = {};
}

// [task 3.9] The data is there.
void Loading::end() {
  mode_ = Mode::kIdle;
  server_.armed &= ~(gate_ | async_gate_);
}

bool Loading::progress(uint64_t loaded_bytes) {
  loaded_bytes_ = loaded_bytes;
  serve_now_and_then();
  return !given_up_;
}

bool Loading::serve(uint64_t loaded_bytes) {
  loaded_bytes_ = served_at_ = loaded_bytes;
  for (auto& hook : meanwhile_) hook();
  given_up_ = !server_.serve_while_busy();
  return !given_up_;
}

// [task 3.9] Serve clients once enough has been loaded since the last time.
void Loading::serve_now_and_then() {
  const auto interval = static_cast<uint64_t>(server_.get<RdbOptions>().loading_interval_bytes);
  if (loaded_bytes_ - served_at_ >= interval) (void)serve(loaded_bytes_);
}

void Loading::info(resp::InfoWriter& out) const {
  out.field("loading", active());
  out.field("async_loading", mode_ == Mode::kOldDataServed);
  out.field("rdb_last_load_keys_expired", report_.keys_expired);
  out.field("rdb_last_load_keys_loaded", report_.keys_loaded);
  out.field("strata_last_load_time_ms", last_time_ms_);
  out.field("strata_last_load_image_time_ms", report_.image_us < 0 ? -1 : report_.image_us / 1000);
  if (mode_ == Mode::kIdle) return;
  const double share = total_bytes_ == 0 ? 0 : static_cast<double>(loaded_bytes_) / static_cast<double>(total_bytes_);
  const int64_t elapsed_seconds = (wall_ms() - started_ms_) / 1000;
  const int64_t eta_seconds = share > 0
                                  ? static_cast<int64_t>(static_cast<double>(elapsed_seconds) * (1 - share) / share)
                                  : elapsed_seconds + 1;
  out.field("loading_start_time", started_ms_ / 1000);
  out.field("loading_total_bytes", total_bytes_);
  out.field("loading_rdb_used_mem", report_.used_memory_when_saved);
  out.field("loading_loaded_bytes", loaded_bytes_);
  out.field("loading_loaded_perc", fmt::format("{:.2f}", share * 100));
  out.field("loading_eta_seconds", eta_seconds);
}

Status load_snapshot_file(resp::Server& server, const std::string& name, const LoadOptions& options) {
  Expected<FileSource> file = FileSource::open(name);
  if (!file) return file.status();
  const int64_t start_us = mono_us();
  auto& loading = server.get<Loading>();
  Loading::Session session(loading, file->size());
  RdbReader in(*file, server.get<RdbOptions>().checksum);
  in.on_progress([&] { return session.progress(in.offset()); });
  if (Status loaded = load_snapshot(server, in, options, &loading.report()); !loaded.ok()) return loaded;
  log_notice("DB loaded from disk: {:.3f} seconds", static_cast<double>(mono_us() - start_us) / 1e6);
  return {};
}

namespace {

Status load_at_start(resp::Server& server) {
  const std::string& name = server.get<RdbOptions>().dbfilename;
  if (::access(name.c_str(), F_OK) != 0 && errno == ENOENT) return {};
  Status loaded = load_snapshot_file(server, name, {});
  if (loaded.ok() || server.shutdown.stopping()) return {};
  return Status::error("Fatal error loading the DB: {}. Exiting.", loaded.message());
}

}  // namespace

void install_loading(Server& server) {
  auto& loading = server.own<Loading>(server);
  server.config.loading = [&loading] { return loading.active(); };
  auto& sources = server.own<DataSources>();
  sources.add({.name = "snapshot",
               .priority = kSnapshotPriority,
               .applies = [] { return true; },
               .load = [&server] { return load_at_start(server); }});
  server.on_start([&sources] { return sources.load(); });
  server.info.section("persistence").add([&loading](resp::InfoWriter& out) { loading.info(out); });
}

}  // namespace strata::rdb
