// What Sentinel::save writes. Lines that are at their default are not forced: one that stands in the file already is kept up
// to date, but none is added; for the times of a master, a line at the default goes.
#include <fmt/format.h>

#include "07_sentinel/options/directives.h"
#include "common/text.h"

namespace strata::sentinel {

namespace {

class Lines {
 public:
  template <class... T>
  void put(std::string_view directive, fmt::format_string<T...> format, T&&... args) {
    add(directive, fmt::format(format, std::forward<T>(args)...), true);
  }
  void flag(std::string_view directive, bool value, bool initial) {
    add(directive, value ? "yes" : "no", value != initial);
  }
  std::vector<std::pair<std::string, resp::RewriteLine>> take() { return std::move(lines_); }

 private:
  void add(std::string_view directive, const std::string& rest, bool forced) {
    lines_.emplace_back(directive, resp::RewriteLine{fmt::format("sentinel {} {}", directive, rest), forced});
  }
  std::vector<std::pair<std::string, resp::RewriteLine>> lines_;
};

// [task 7.3] The lines of what the user has set for a master.
void put_settings_of(const Master& master, const Settings& settings, Lines& lines) {
  constexpr Timing kDefault;
  const std::string& name = master.name;
  const Address& current = master.current_address();
  lines.put("monitor", "{} {} {} {}", name, settings.shown(current), current.port, master.quorum);
  if (master.down_after_ms != kDefault.default_down_after) {
    lines.put("down-after-milliseconds", "{} {}", name, master.down_after_ms);
  }
  if (master.failover_timeout_ms != kDefault.default_failover_timeout) {
    lines.put("failover-timeout", "{} {}", name, master.failover_timeout_ms);
  }
  if (master.parallel_syncs != 1) lines.put("parallel-syncs", "{} {}", name, master.parallel_syncs);
  const std::pair<std::string_view, const std::string&> texts[] = {
      {"notification-script", master.notification_script},
      {"client-reconfig-script", master.client_reconfig_script},
      {"auth-pass", master.auth_password},
      {"auth-user", master.auth_user},
  };
  for (const auto& [directive, text] : texts) {
    if (!text.empty()) lines.put(directive, "{} {}", name, text);
  }
  if (master.reboot_down_after_ms != 0) {
    lines.put("master-reboot-down-after-period", "{} {}", name, master.reboot_down_after_ms);
  }
}

// [task 7.3] The lines of what the sentinel has learnt about a master.
void put_state_of(const Master& master, const Settings& settings, Lines& lines) {
  const std::string& name = master.name;
  lines.put("config-epoch", "{} {}", name, master.config_epoch);
  lines.put("leader-epoch", "{} {}", name, master.leader_epoch);
  const Address& current = master.current_address();
  for (const auto& [key, replica] : master.replicas) {
    // In the middle of a failover the promoted replica stands under `monitor`, and the old master in its place.
    const Address& address = same(replica->address, current) ? master.address : replica->address;
    lines.put("known-replica", "{} {} {}", name, settings.shown(address), address.port);
  }
  for (const auto& [id, peer] : master.sentinels) {
    lines.put("known-sentinel", "{} {} {} {}", name, settings.shown(peer->address), peer->address.port, id);
  }
  for (const auto& [command, other] : master.renamed_commands) {
    lines.put("rename-command", "{} {} {}", name, command, other);
  }
}

}  // namespace

// [task 7.3] All lines.
std::vector<std::pair<std::string, resp::RewriteLine>> current_lines(const Sentinel& sentinel) {
  const Settings& settings = sentinel.settings;
  Lines lines;
  lines.put("myid", "{}", sentinel.id);
  lines.flag("deny-scripts-reconfig", settings.deny_scripts_reconfig, true);
  lines.flag("resolve-hostnames", settings.resolve_hostnames, false);
  lines.flag("announce-hostnames", settings.announce_hostnames, false);
  for (const auto& [name, master] : sentinel.masters) {
    put_settings_of(*master, settings, lines);
    put_state_of(*master, settings, lines);
  }
  lines.put("current-epoch", "{}", sentinel.current_epoch);
  if (!settings.announce_ip.empty()) lines.put("announce-ip", "{}", quote(settings.announce_ip));
  if (settings.announce_port != 0) lines.put("announce-port", "{}", settings.announce_port);
  if (!settings.sentinel_user.empty()) lines.put("sentinel-user", "{}", settings.sentinel_user);
  if (!settings.sentinel_password.empty()) lines.put("sentinel-pass", "{}", settings.sentinel_password);
  return lines.take();
}

}  // namespace strata::sentinel
