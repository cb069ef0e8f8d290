#include "07_sentinel/options/directives.h"

#include <algorithm>
#include <array>

#include "07_sentinel/events/scripts.h"
#include "07_sentinel/model/directory.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::sentinel {

namespace {

using Words = resp::Config::Words;  // the directive first

constexpr size_t kIdDigits = 40;

// A number as it stands in the file; what is none is 0, as in Redis.
int64_t number(const std::string& text) {
  int64_t value = 0;
  return parse_int64(text, &value) ? value : 0;
}

Status read_flag(const std::string& name, const std::string& text, bool* out) {
  if (!equals_nocase(text, "yes") && !equals_nocase(text, "no")) {
    const std::string_view plural = name == "deny-scripts-reconfig" ? "options" : "option";
    return Status::error("Please specify yes or no for the {} {}.", name, plural);
  }
  *out = equals_nocase(text, "yes");
  return {};
}

Status read_time(const std::string& text, int64_t least, int64_t* out) {
  const int64_t value = number(text);
  if (value < least) return Status::error(least == 0 ? "negative time parameter." : "negative or zero time parameter.");
  *out = value;
  return {};
}

Status read_script(const std::string& path, const char* error, std::string* out) {
  if (!is_executable(path)) return Status::error(error);
  *out = path;
  return {};
}

// --- rounds 0 and 1: one handler a directive, `words` without it ---

using GlobalReader = Status (*)(Sentinel&, const Words& words);
struct GlobalDirective {
  std::string_view name;
  size_t arguments;
  GlobalReader read;
};

constexpr GlobalDirective kGlobal[] = {
    {"myid", 1,
     [](Sentinel& sentinel, const Words& words) {
       if (words[0].size() != kIdDigits) return Status::error("Malformed Sentinel id in myid option.");
       sentinel.id = words[0];
       return Status();
     }},
    {"current-epoch", 1,
     [](Sentinel& sentinel, const Words& words) {
       sentinel.current_epoch = std::max(sentinel.current_epoch, static_cast<uint64_t>(number(words[0])));
       return Status();
     }},
    {"announce-ip", 1,
     [](Sentinel& sentinel, const Words& words) {
       if (!words[0].empty()) sentinel.settings.announce_ip = words[0];
       return Status();
     }},
    {"announce-port", 1,
     [](Sentinel& sentinel, const Words& words) {
       sentinel.settings.announce_port = number(words[0]);
       return Status();
     }},
    {"deny-scripts-reconfig", 1,
     [](Sentinel& sentinel, const Words& words) {
       return read_flag("deny-scripts-reconfig", words[0], &sentinel.settings.deny_scripts_reconfig);
     }},
    {"sentinel-user", 1,
     [](Sentinel& sentinel, const Words& words) {
       sentinel.settings.sentinel_user = words[0];
       return Status();
     }},
    {"sentinel-pass", 1,
     [](Sentinel& sentinel, const Words& words) {
       sentinel.settings.sentinel_password = words[0];
       return Status();
     }},
    {"resolve-hostnames", 1,
     [](Sentinel& sentinel, const Words& words) {
       return read_flag("resolve-hostnames", words[0], &sentinel.settings.resolve_hostnames);
     }},
    {"announce-hostnames", 1,
     [](Sentinel& sentinel, const Words& words) {
       return read_flag("announce-hostnames", words[0], &sentinel.settings.announce_hostnames);
     }},
};

Status read_monitor(Sentinel& sentinel, const Words& words) {
  const int64_t quorum = std::min<int64_t>(number(words[3]), std::numeric_limits<int>::max());
  return add_master(sentinel, words[0], words[1], number(words[2]), static_cast<int>(quorum)).status();
}

// --- round 2: of a master; `words` without directive and name ---

using MasterReader = Status (*)(Sentinel&, Master&, const Words& words);
struct MasterDirective {
  std::string_view name;
  size_t least;
  size_t most;
  MasterReader read;
};

constexpr MasterDirective kOfMaster[] = {
    {"down-after-milliseconds", 1, 1,
     [](Sentinel&, Master& master, const Words& words) {
       Status status = read_time(words[0], 1, &master.down_after_ms);
       if (status.ok()) spread_down_after(master);
       return status;
     }},
    {"failover-timeout", 1, 1,
     [](Sentinel&, Master& master, const Words& words) { return read_time(words[0], 1, &master.failover_timeout_ms); }},
    {"parallel-syncs", 1, 1,
     [](Sentinel&, Master& master, const Words& words) {
       master.parallel_syncs = number(words[0]);
       return Status();
     }},
    {"notification-script", 1, 1,
     [](Sentinel&, Master& master, const Words& words) {
       return read_script(words[0], "Notification script seems non existing or non executable.",
                          &master.notification_script);
     }},
    {"client-reconfig-script", 1, 1,
     [](Sentinel&, Master& master, const Words& words) {
       return read_script(words[0], "Client reconfiguration script seems non existing or non executable.",
                          &master.client_reconfig_script);
     }},
    {"auth-pass", 1, 1,
     [](Sentinel&, Master& master, const Words& words) {
       master.auth_password = words[0];
       return Status();
     }},
    {"auth-user", 1, 1,
     [](Sentinel&, Master& master, const Words& words) {
       master.auth_user = words[0];
       return Status();
     }},
    {"master-reboot-down-after-period", 1, 1,
     [](Sentinel&, Master& master, const Words& words) {
       return read_time(words[0], 0, &master.reboot_down_after_ms);
     }},
    {"rename-command", 2, 2,
     [](Sentinel&, Master& master, const Words& words) {
       const bool fresh = master.renamed_commands.emplace(words[0], words[1]).second;
       return fresh ? Status() : Status::error("Same command renamed multiple times with rename-command.");
     }},
    {"config-epoch", 1, 1,
     [](Sentinel& sentinel, Master& master, const Words& words) {
       master.config_epoch = static_cast<uint64_t>(number(words[0]));
       sentinel.current_epoch = std::max(sentinel.current_epoch, master.config_epoch);
       return Status();
     }},
    {"leader-epoch", 1, 1,
     [](Sentinel&, Master& master, const Words& words) {
       master.leader_epoch = static_cast<uint64_t>(number(words[0]));
       return Status();
     }},
    {"known-replica", 2, 2,
     [](Sentinel& sentinel, Master& master, const Words& words) {
       return add_replica(sentinel, master, words[0], number(words[1])).status();
     }},
    {"known-sentinel", 2, 3,
     [](Sentinel& sentinel, Master& master, const Words& words) {
       if (words.size() == 2) return Status();  // without an id it is nobody
       const Expected<Peer*> added = add_peer(sentinel, master, words[2], words[0], number(words[1]));
       if (added) share_link(sentinel, **added);
       return added.status();
     }},
};

// --- finding them ---

template <class Table>
auto* find_in(const Table& table, std::string_view name) {
  const auto found = std::find_if(std::begin(table), std::end(table), [name](const auto& e) { return e.name == name; });
  return found == std::end(table) ? nullptr : &*found;
}

// The old name of a directive counts as the new one.
std::string directive_of(const Words& words) {
  std::string name = words.empty() ? std::string() : to_lower(words[0]);
  return name == "known-slave" ? "known-replica" : name;
}

// [task 7.2] In which round is this line read?
int round_of(const Words& words) {
  const std::string name = directive_of(words);
  if (find_in(kGlobal, name) != nullptr) return 0;
  return name == "monitor" ? 1 : 2;
}

// [task 7.2] Read one line.
Status read(Sentinel& sentinel, const Words& words) {
  if (words.empty()) return {};  // --sentinel of the command line
  const std::string name = directive_of(words);
  if (const GlobalDirective* global = find_in(kGlobal, name); global && words.size() == 1 + global->arguments) {
    return global->read(sentinel, {words.begin() + 1, words.end()});
  }
  if (name == "monitor" && words.size() == 5) return read_monitor(sentinel, {words.begin() + 1, words.end()});
  const MasterDirective* directive = find_in(kOfMaster, name);
  if (directive == nullptr || words.size() < 2 + directive->least || words.size() > 2 + directive->most) {
    return Status::error("Unrecognized sentinel configuration statement.");
  }
  Master* master = sentinel.find(words[1]);
  if (master == nullptr) return Status::error("No such master with specified name.");
  return directive->read(sentinel, *master, {words.begin() + 2, words.end()});
}

}  // namespace

void declare_directives(Sentinel& sentinel) {
  resp::LateDirective directive;
  directive.round = round_of;
  directive.read = [&sentinel](const Words& words) { return read(sentinel, words); };
  directive.subject = directive_of;
  directive.rewrite = [&sentinel] { return current_lines(sentinel); };
  resp::LateDirectives::of(sentinel.server).add("sentinel", std::move(directive));
}

}  // namespace strata::sentinel
