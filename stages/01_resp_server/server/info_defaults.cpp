// Fields of INFO that belong to later stages, with the values of a server that has none of it: no snapshots,
// no append-only file, no replicas, no eviction. In Redis's order, which fixes where the true values will
// stand.
#include <fmt/format.h>

#include <string>
#include <string_view>

#include "01_resp_server/server/info.h"
#include "01_resp_server/server/info_sections.h"

namespace strata::resp {

namespace {

template <size_t n>
void zeros(InfoWriter& out, const std::string_view (&names)[n]) {
  for (std::string_view name : names) out.field(name, 0);
}

}  // namespace

void default_persistence(InfoWriter& out) {
  static constexpr std::string_view kBefore[] = {
      "loading", "async_loading", "current_cow_peak", "current_cow_size", "current_cow_size_age",
  };
  zeros(out, kBefore);
  out.field("current_fork_perc", "0.00");
  static constexpr std::string_view kSaving[] = {
      "current_save_keys_processed",
      "current_save_keys_total",
      "rdb_changes_since_last_save",
      "rdb_bgsave_in_progress",
  };
  zeros(out, kSaving);
  out.field("rdb_last_save_time", 0);
  out.field("rdb_last_bgsave_status", "ok");
  out.field("rdb_last_bgsave_time_sec", -1);
  out.field("rdb_current_bgsave_time_sec", -1);
  static constexpr std::string_view kSaved[] = {
      "rdb_saves",   "rdb_last_cow_size",       "rdb_last_load_keys_expired", "rdb_last_load_keys_loaded",
      "aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled",
  };
  zeros(out, kSaved);
  out.field("aof_last_rewrite_time_sec", -1);
  out.field("aof_current_rewrite_time_sec", -1);
  out.field("aof_last_bgrewrite_status", "ok");
  out.field("aof_rewrites", 0);
  out.field("aof_rewrites_consecutive_failures", 0);
  out.field("aof_last_write_status", "ok");
  out.field("aof_last_cow_size", 0);
  out.field("module_fork_in_progress", 0);
  out.field("module_fork_last_cow_size", 0);
}

void default_stats(InfoWriter& out) {
  static constexpr std::string_view kTraffic[] = {
      "total_connections_received",  "total_commands_processed", "instantaneous_ops_per_sec",
      "total_net_input_bytes",       "total_net_output_bytes",   "total_net_repl_input_bytes",
      "total_net_repl_output_bytes",
  };
  zeros(out, kTraffic);
  for (std::string_view name : {"instantaneous_input_kbps", "instantaneous_output_kbps",
                                "instantaneous_input_repl_kbps", "instantaneous_output_repl_kbps"}) {
    out.field(name, "0.00");
  }
  static constexpr std::string_view kKeys[] = {"rejected_connections", "sync_full", "sync_partial_ok",
                                               "sync_partial_err", "expired_keys"};
  zeros(out, kKeys);
  out.field("expired_stale_perc", "0.00");
  static constexpr std::string_view kRest[] = {
      "expired_time_cap_reached_count",
      "expire_cycle_cpu_milliseconds",
      "evicted_keys",
      "evicted_clients",
      "total_eviction_exceeded_time",
      "current_eviction_exceeded_time",
      "keyspace_hits",
      "keyspace_misses",
      "pubsub_channels",
      "pubsub_patterns",
      "pubsubshard_channels",
      "latest_fork_usec",
      "total_forks",
      "migrate_cached_sockets",
      "slave_expires_tracked_keys",
      "active_defrag_hits",
      "active_defrag_misses",
      "active_defrag_key_hits",
      "active_defrag_key_misses",
      "total_active_defrag_time",
      "current_active_defrag_time",
      "tracking_total_keys",
      "tracking_total_items",
      "tracking_total_prefixes",
      "unexpected_error_replies",
      "total_error_replies",
      "dump_payload_sanitizations",
      "total_reads_processed",
      "total_writes_processed",
      "io_threaded_reads_processed",
      "io_threaded_writes_processed",
      "reply_buffer_shrinks",
      "reply_buffer_expands",
  };
  zeros(out, kRest);
}

void default_replication(InfoWriter& out) {
  out.field("role", "master");
  out.field("connected_slaves", 0);
  out.field("master_failover_state", "no-failover");
  out.field("master_replid", std::string(40, '0'));
  out.field("master_replid2", std::string(40, '0'));
  out.field("master_repl_offset", 0);
  out.field("second_repl_offset", -1);
  out.field("repl_backlog_active", 0);
  out.field("repl_backlog_size", 1048576);
  out.field("repl_backlog_first_byte_offset", 0);
  out.field("repl_backlog_histlen", 0);
}

}  // namespace strata::resp
