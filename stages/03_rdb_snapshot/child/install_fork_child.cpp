// What INFO tells of children: the one that runs, and how long forks take.
#include "01_resp_server/server/info_sections.h"
#include "01_resp_server/server/server.h"
#include "03_rdb_snapshot/child/fork_child.h"
#include "03_rdb_snapshot/families.h"

namespace strata::rdb {

namespace {

void tell_progress(const ForkChild& child, resp::InfoWriter& out) {
  const ChildReport& report = child.report();
  const double share = child.keys() == 0 ? 0 : static_cast<double>(report.keys) / static_cast<double>(child.keys());
  out.field("current_cow_peak", report.cow_peak_bytes);
  out.field("current_cow_size", report.cow_bytes);
  out.field("current_cow_size_age", child.report_age_ms() / 1000);
  out.line("current_fork_perc:{:.2f}", share * 100);
  out.field("current_save_keys_processed", report.keys);
  out.field("current_save_keys_total", child.keys());
}

}  // namespace

void install_fork_child(Server& server) {
  auto& child = server.own<ForkChild>(server);
  server.info.section("persistence").add([&child](resp::InfoWriter& out) { tell_progress(child, out); });
  server.info.section("stats").add([&child](resp::InfoWriter& out) {
    out.field("latest_fork_usec", child.last_fork_us());
    out.field("total_forks", child.forks());
  });
  resp::on_reset_statistics(server, [&child] { child.reset_statistics(); });
}

}  // namespace strata::rdb
