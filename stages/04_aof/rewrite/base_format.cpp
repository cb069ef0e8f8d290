#include "04_aof/rewrite/base_format.h"

#include <fmt/format.h>
#include "01_resp_server/db/keyspace.h"
#include "02_data_types/scripting/functions/function_engine.h"
#include "03_rdb_snapshot/child/page_release.h"
#include "03_rdb_snapshot/pace.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "04_aof/rewrite/emit_values.h"
#include "common/clock.h"

namespace strata::aof {

namespace {

constexpr uint64_t kKeysBetweenReports = 1024;

// [task 4.11] One key: its value, then its expiry.
void emit_key(const db::Entry& entry, RequestWriter& out) {
  emit_value(entry, out);
  if (!entry.has_expiry()) return;
  out.begin(3);
  out.word("PEXPIREAT");
  out.word(entry.key());
  out.number(entry.expiry_ms());
}

// Functions are data too.
void emit_functions(const script::LibrarySet& set, RequestWriter& out) {
  for (const auto& [name, library] : set.libraries()) {
    out.begin(3);
    out.word("FUNCTION");
    out.word("LOAD");
    out.word(library->code);
  }
}

}  // namespace

Status write_commands(resp::Server& server, rdb::ByteSink& sink, bool timestamp, const rdb::SaveProgress& progress) {
  auto& keyspace = server.get<db::Keyspace>();
  const int64_t& delay_us = server.get<rdb::RdbOptions>().key_save_delay_us;
  RequestWriter out(sink);
  if (timestamp) out.raw(fmt::format("#TS:{}\r\n", wall_ms() / 1000));
  emit_functions(server.get<script::FunctionEngine>().set, out);
  uint64_t keys = 0;
  for (size_t i = 0; i < keyspace.count() && out.status().ok(); i++) {
    const db::Database& database = keyspace.db(static_cast<int>(i));
    if (database.size() == 0) continue;
    out.begin(2);
    out.word("SELECT");
    out.number(static_cast<int64_t>(i));
    database.each([&](db::Entry& entry) {
      if (!out.status().ok()) return;
      emit_key(entry, out);
      rdb::release_pages_of(entry);
      if (++keys % kKeysBetweenReports == 0 && progress) progress(keys);
      rdb::pace(delay_us, keys);
    });
  }
  return out.flush();
}

}  // namespace strata::aof
