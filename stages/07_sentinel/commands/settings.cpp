// SENTINEL CONFIG, DEBUG, SIMULATE-FAILURE: the sentinel's own settings, its periods, and a way to end it at a bad moment.
#include <fmt/format.h>

#include <functional>

#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"
#include "common/glob.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::sentinel {

namespace {

// --- CONFIG ---

struct Setting {
  std::string_view name;
  std::string (*get)(const Settings&);
  bool (*set)(Settings&, std::string_view);
  bool reconnect = false;  // other sentinels are to be greeted anew
};

std::string shown(bool flag) { return flag ? "yes" : "no"; }

bool set_flag(std::string_view text, bool* out) {
  if (!equals_nocase(text, "yes") && !equals_nocase(text, "no")) return false;
  *out = equals_nocase(text, "yes");
  return true;
}

template <std::string Settings::*member>
bool set_text(Settings& settings, std::string_view text) {
  settings.*member = text;
  return true;
}

constexpr Setting kSettings[] = {
    {"resolve-hostnames", [](const Settings& settings) { return shown(settings.resolve_hostnames); },
     [](Settings& settings, std::string_view text) { return set_flag(text, &settings.resolve_hostnames); }},
    {"announce-hostnames", [](const Settings& settings) { return shown(settings.announce_hostnames); },
     [](Settings& settings, std::string_view text) { return set_flag(text, &settings.announce_hostnames); }},
    {"announce-ip", [](const Settings& settings) { return settings.announce_ip; }, set_text<&Settings::announce_ip>},
    {"announce-port", [](const Settings& settings) { return std::to_string(settings.announce_port); },
     [](Settings& settings, std::string_view text) {
       int64_t port = 0;
       if (!parse_int64(text, &port) || port < 0 || port > 65535) return false;
       settings.announce_port = port;
       return true;
     }},
    {"sentinel-user", [](const Settings& settings) { return settings.sentinel_user; },
     set_text<&Settings::sentinel_user>, true},
    {"sentinel-pass", [](const Settings& settings) { return settings.sentinel_password; },
     set_text<&Settings::sentinel_password>, true},
};

void reply_settings(Client& client, std::string_view pattern) {
  const Settings& settings = sentinel_of(client).settings;
  resp::Chunk* gap = client.reply.open();
  size_t n = 0;
  for (const Setting& each : kSettings) {
    if (!glob_match(pattern, each.name, true)) continue;
    client.reply.bulk(each.name);
    client.reply.bulk(each.get(settings));
    n++;
  }
  client.reply.close_map(gap, n);
}

void change_setting(Client& client, std::string_view name, std::string_view value) {
  Sentinel& sentinel = sentinel_of(client);
  for (const Setting& each : kSettings) {
    if (!equals_nocase(each.name, name)) continue;
    if (!each.set(sentinel.settings, value)) {
      client.reply.error(fmt::format("ERR Invalid value '{}' to SENTINEL CONFIG SET '{}'", value, name));
      return;
    }
    if (each.reconnect) {
      for (const auto& [master_name, master] : sentinel.masters) {
        for (const auto& [id, peer] : master->sentinels) peer->link->drop();
      }
    }
    save_and_reply(client);
    return;
  }
  client.reply.error(fmt::format("ERR Invalid argument '{}' to SENTINEL CONFIG SET", name));
}

void config_command(Client& client, Args args) {
  if (equals_nocase(args[2], "get") && args.size() == 4) {
    reply_settings(client, args[3]);
  } else if (equals_nocase(args[2], "set") && args.size() == 5) {
    change_setting(client, args[3], args[4]);
  } else {
    client.reply.error("ERR Only SENTINEL CONFIG GET <option> / SET <option> <value> are supported.");
  }
}

// --- DEBUG ---

// An empty text is success.
std::string change_periods(Timing& timing, Args pairs) {
  for (size_t i = 0; i < pairs.size(); i += 2) {
    const TimingField* found = nullptr;
    for (const TimingField& each : kTimingFields) {
      if (equals_nocase(each.name, pairs[i])) found = &each;
    }
    if (found == nullptr || i + 1 == pairs.size()) {
      return fmt::format("ERR Unknown option or number of arguments for SENTINEL DEBUG '{}'", pairs[i]);
    }
    int64_t value = 0;
    if (!parse_int64(pairs[i + 1], &value) || value <= 0) {
      return fmt::format("ERR Invalid argument '{}' for SENTINEL DEBUG '{}'", pairs[i + 1], pairs[i]);
    }
    timing.*(found->field) = value;
  }
  return {};
}

void debug_command(Client& client, Args args) {
  Timing& timing = sentinel_of(client).timing;
  if (args.size() == 2) {
    client.reply.map(kTimingFields.size());
    for (const TimingField& each : kTimingFields) {
      client.reply.bulk(each.name);
      client.reply.bulk_integer(timing.*(each.field));
    }
    return;
  }
  if (const std::string error = change_periods(timing, args.subspan(2)); !error.empty())
    client.reply.error(error);
  else
    client.reply.ok();
}

// --- SIMULATE-FAILURE ---

void simulate_failure_command(Client& client, Args args) {
  Sentinel& sentinel = sentinel_of(client);
  sentinel.simulated_failures = 0;
  for (const std::string_view word : args.subspan(2)) {
    if (equals_nocase(word, "crash-after-election")) {
      sentinel.simulated_failures |= kCrashAfterElection;
    } else if (equals_nocase(word, "crash-after-promotion")) {
      sentinel.simulated_failures |= kCrashAfterPromotion;
    } else if (equals_nocase(word, "help")) {
      client.reply.array(2);
      client.reply.bulk("crash-after-election");
      client.reply.bulk("crash-after-promotion");
      return;
    } else {
      client.reply.error("ERR Unknown failure simulation specified");
      return;
    }
  }
  client.reply.ok();
}

}  // namespace

std::vector<CommandSpec> settings_commands() {
  return {
      admin_command("config", -3, config_command),
      admin_command("debug", -2, debug_command),
      admin_command("simulate-failure", -3, simulate_failure_command),
  };
}

}  // namespace strata::sentinel
