// SENTINEL SET <master> <option> <value> [...]: the options of a master, at run time. Options are applied from left to right;
// those before one that fails stay.
#include <fmt/format.h>

#include "01_resp_server/server/client.h"
#include "07_sentinel/commands/families.h"
#include "07_sentinel/events/scripts.h"
#include "07_sentinel/model/directory.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::sentinel {

namespace {

using Values = Args;
// Applies the values; an empty text is success, "?" stands for "this value will not do".
using Setter = std::string (*)(Sentinel&, Master&, Values);
constexpr const char* kInvalid = "?";

template <class T>
bool parse_within(std::string_view text, T least, T* out) {
  int64_t value = 0;
  if (!parse_int64(text, &value) || value < least || value > std::numeric_limits<T>::max()) return false;
  *out = static_cast<T>(value);
  return true;
}

std::string set_script(const Sentinel& sentinel, std::string_view path, const char* what, std::string* out) {
  if (sentinel.settings.deny_scripts_reconfig) {
    return "Reconfiguration of scripts path is denied for security reasons. Check the deny-scripts-reconfig "
           "configuration directive in your Sentinel configuration";
  }
  if (!path.empty() && !is_executable(std::string(path))) {
    return fmt::format("{} script seems non existing or non executable", what);
  }
  *out = path;
  return {};
}

// Connections that introduced themselves in the old way are opened anew.
void drop_data_links(Master& master) {
  master.link->drop();
  for (const auto& [key, replica] : master.replicas) replica->link->drop();
}

struct SetOption {
  std::string_view name;
  size_t values;
  Setter set;
};

constexpr SetOption kOptions[] = {
    {"down-after-milliseconds", 1,
     [](Sentinel&, Master& master, Values values) -> std::string {
       if (!parse_within<int64_t>(values[0], 1, &master.down_after_ms)) return kInvalid;
       spread_down_after(master);
       return {};
     }},
    {"failover-timeout", 1,
     [](Sentinel&, Master& master, Values values) -> std::string {
       return parse_within<int64_t>(values[0], 1, &master.failover_timeout_ms) ? "" : kInvalid;
     }},
    {"parallel-syncs", 1,
     [](Sentinel&, Master& master, Values values) -> std::string {
       return parse_within<int64_t>(values[0], 1, &master.parallel_syncs) ? "" : kInvalid;
     }},
    {"notification-script", 1,
     [](Sentinel& sentinel, Master& master, Values values) {
       return set_script(sentinel, values[0], "Notification", &master.notification_script);
     }},
    {"client-reconfig-script", 1,
     [](Sentinel& sentinel, Master& master, Values values) {
       return set_script(sentinel, values[0], "Client reconfiguration", &master.client_reconfig_script);
     }},
    {"auth-pass", 1,
     [](Sentinel&, Master& master, Values values) -> std::string {
       master.auth_password = values[0];
       drop_data_links(master);
       return {};
     }},
    {"auth-user", 1,
     [](Sentinel&, Master& master, Values values) -> std::string {
       master.auth_user = values[0];
       drop_data_links(master);
       return {};
     }},
    {"quorum", 1,
     [](Sentinel&, Master& master, Values values) -> std::string {
       return parse_within<int>(values[0], 1, &master.quorum) ? "" : kInvalid;
     }},
    {"master-reboot-down-after-period", 1,
     [](Sentinel&, Master& master, Values values) -> std::string {
       return parse_within<int64_t>(values[0], 0, &master.reboot_down_after_ms) ? "" : kInvalid;
     }},
    {"rename-command", 2,
     [](Sentinel&, Master& master, Values values) -> std::string {
       if (values[0].empty()) return kInvalid;
       if (values[1].empty()) return kInvalid;
       const std::string from(values[0]);
       master.renamed_commands.erase(from);
       if (!equals_nocase(values[0], values[1])) master.renamed_commands.emplace(from, values[1]);
       return {};
     }},
};

const SetOption* find_option(std::string_view name, size_t values) {
  for (const SetOption& option : kOptions) {
    if (equals_nocase(option.name, name) && option.values <= values) return &option;
  }
  return nullptr;
}

std::string shown(const SetOption& option, Values values) {
  if (option.name == "auth-pass") return "******";
  std::string text(values[0]);
  for (const std::string_view value : values.subspan(1)) text.append(" ").append(value);
  return text;
}

void set_command(Client& client, Args args) {
  Sentinel& sentinel = sentinel_of(client);
  Master* master = master_argument(client, args[2]);
  if (master == nullptr) return;
  bool changed = false;
  std::string error;
  for (size_t i = 3; i < args.size() && error.empty();) {
    const SetOption* option = find_option(args[i], args.size() - i - 1);
    if (option == nullptr) {
      error = fmt::format("Unknown option or number of arguments for SENTINEL SET '{}'", args[i]);
      break;
    }
    const Values values = args.subspan(i + 1, option->values);
    error = option->set(sentinel, *master, values);
    if (error == kInvalid) error = fmt::format("Invalid argument '{}' for SENTINEL SET '{}'", values[0], args[i]);
    if (!error.empty()) break;
    sentinel.events.about(LogLevel::kWarning, "+set", *master, fmt::format(" {} {}", args[i], shown(*option, values)));
    changed = true;
    i += 1 + option->values;
  }
  if (error.empty()) {
    save_and_reply(client);
    return;
  }
  if (changed) (void)sentinel.save();
  client.reply.error("ERR " + error);
}

}  // namespace

std::vector<CommandSpec> set_commands() { return {admin_command("set", -5, set_command)}; }

}  // namespace strata::sentinel
