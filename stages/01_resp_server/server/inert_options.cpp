// Options of redis-server that this stage accepts, checks and shows, but does not act upon.
//
// A configuration written for Redis therefore loads as it is, CONFIG GET answers what tools expect, and a wrong value
// is refused with Redis's words. A later stage that gives an option its meaning declares it again, which replaces the
// row here (see Config::add). Defaults and ranges are those of redis-server 7.0.15; they were read off a running one.
#include "01_resp_server/server/inert_options.h"

#include <deque>

#include "01_resp_server/server/option_types.h"
#include "01_resp_server/server/server.h"
#include "common/numbers.h"
#include "common/text.h"

namespace strata::resp {
namespace {

constexpr int64_t kMax = Config::kNoMaximum;
constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();
constexpr int64_t kIntMin = std::numeric_limits<int32_t>::min();
constexpr int64_t kUintMax = std::numeric_limits<uint32_t>::max();

enum RowFlag : unsigned { kImmutable = 1, kProtected = 2, kHidden = 4, kSensitive = 8, kClamped = 16 };
enum class Kind : uint8_t { kFlag, kText, kChoice, kInteger, kMemory, kMemoryOrPercent };

struct Row {
  std::string_view name;
  Kind kind;
  std::string_view initial;  // flag, text, choice
  int64_t number;            // the others
  int64_t min, max;
  std::string_view choices;  // separated by spaces
  unsigned flags;
  std::string_view alias;
};

using Name = std::string_view;
constexpr Row flag(Name name, Name initial, unsigned flags = 0, Name alias = {}) {
  return {name, Kind::kFlag, initial, 0, 0, 0, {}, flags, alias};
}
constexpr Row text(Name name, Name initial, unsigned flags = 0, Name alias = {}) {
  return {name, Kind::kText, initial, 0, 0, 0, {}, flags, alias};
}
constexpr Row choice(Name name, Name initial, Name choices, unsigned flags = 0, Name alias = {}) {
  return {name, Kind::kChoice, initial, 0, 0, 0, choices, flags, alias};
}
constexpr Row integer(Name name, int64_t initial, int64_t min, int64_t max, unsigned flags = 0, Name alias = {}) {
  return {name, Kind::kInteger, {}, initial, min, max, {}, flags, alias};
}
constexpr Row memory(Name name, int64_t initial, int64_t min, unsigned flags = 0, Name alias = {}) {
  return {name, Kind::kMemory, {}, initial, min, kMax, {}, flags, alias};
}
constexpr Row memory_or_percent(Name name, int64_t initial, unsigned flags = 0, Name alias = {}) {
  return {name, Kind::kMemoryOrPercent, {}, initial, 0, kMax, {}, flags, alias};
}

constexpr Row kRows[] = {
    choice("acl-pubsub-default", "resetchannels", "allchannels resetchannels"),
    text("aclfile", "", kImmutable),
    integer("acllog-max-len", 128, 0, kMax),
    integer("active-defrag-cycle-max", 25, 1, 99),
    integer("active-defrag-cycle-min", 1, 1, 99),
    memory("active-defrag-ignore-bytes", 104857600, 1),
    integer("active-defrag-max-scan-fields", 1000, 1, kMax),
    integer("active-defrag-threshold-lower", 10, 0, 1000),
    integer("active-defrag-threshold-upper", 100, 0, 1000),
    integer("active-expire-effort", 1, 1, 10),
    flag("aof-disable-auto-gc", "no"),
    flag("aof-load-truncated", "yes"),
    flag("aof-rewrite-incremental-fsync", "yes"),
    flag("aof-timestamp-enabled", "no"),
    flag("aof-use-rdb-preamble", "yes"),
    text("aof_rewrite_cpulist", "", kImmutable),
    text("appenddirname", "appendonlydir", kImmutable),
    text("appendfilename", "appendonly.aof", kImmutable),
    choice("appendfsync", "everysec", "everysec always no"),
    flag("appendonly", "no"),
    memory("auto-aof-rewrite-min-size", 67108864, 0),
    integer("auto-aof-rewrite-percentage", 100, 0, kIntMax),
    text("bgsave_cpulist", "", kImmutable),
    text("bind-source-addr", ""),
    text("bio_cpulist", "", kImmutable),
    integer("busy-reply-threshold", 5000, 0, kMax, 0, "lua-time-limit"),
    flag("cluster-allow-pubsubshard-when-down", "yes"),
    flag("cluster-allow-reads-when-down", "no"),
    flag("cluster-allow-replica-migration", "yes"),
    integer("cluster-announce-bus-port", 0, 0, 65535),
    text("cluster-announce-ip", ""),
    integer("cluster-announce-port", 0, 0, 65535),
    integer("cluster-announce-tls-port", 0, 0, 65535),
    text("cluster-config-file", "nodes.conf", kImmutable),
    flag("cluster-enabled", "no", kImmutable),
    memory("cluster-link-sendbuf-limit", 0, 0, kClamped),
    integer("cluster-migration-barrier", 1, 0, kIntMax),
    integer("cluster-node-timeout", 15000, 0, kMax),
    integer("cluster-port", 0, 0, 65535, kImmutable),
    choice("cluster-preferred-endpoint-type", "ip", "ip hostname unknown-endpoint"),
    flag("cluster-replica-no-failover", "no", 0, "cluster-slave-no-failover"),
    integer("cluster-replica-validity-factor", 10, 0, kIntMax, 0, "cluster-slave-validity-factor"),
    flag("cluster-require-full-coverage", "yes"),
    flag("crash-memcheck-enabled", "yes"),
    text("dbfilename", "dump.rdb", kProtected),
    flag("disable-thp", "yes", kImmutable),
    choice("enable-module-command", "no", "no yes local", kImmutable),
    integer("hash-max-listpack-entries", 512, 0, kMax, 0, "hash-max-ziplist-entries"),
    memory("hash-max-listpack-value", 64, 0, 0, "hash-max-ziplist-value"),
    memory("hll-sparse-max-bytes", 3000, 0),
    text("ignore-warnings", ""),
    integer("io-threads", 1, 1, 128, kImmutable),
    flag("io-threads-do-reads", "no", kImmutable),
    flag("jemalloc-bg-thread", "yes"),
    integer("key-load-delay", 0, kIntMin, kIntMax, kHidden),
    flag("lazyfree-lazy-eviction", "no"),
    flag("lazyfree-lazy-expire", "no"),
    flag("lazyfree-lazy-server-del", "no"),
    flag("lazyfree-lazy-user-del", "no"),
    flag("lazyfree-lazy-user-flush", "no"),
    integer("lfu-decay-time", 1, 0, kIntMax),
    integer("lfu-log-factor", 10, 0, kIntMax),
    integer("list-compress-depth", 0, 0, kIntMax),
    integer("list-max-listpack-size", -2, kIntMin, kIntMax, 0, "list-max-ziplist-size"),
    integer("loading-process-events-interval-bytes", 2097152, 1024, kIntMax, kHidden),
    flag("lua-enable-deprecated-api", "no", kImmutable | kHidden),
    text("masterauth", "", kSensitive),
    text("masteruser", "", kSensitive),
    memory("maxmemory", 0, 0, kClamped),
    memory_or_percent("maxmemory-clients", 0),
    integer("maxmemory-eviction-tenacity", 10, 0, 100),
    choice("maxmemory-policy", "noeviction",
           "volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu allkeys-random noeviction"),
    integer("maxmemory-samples", 5, 1, kIntMax),
    integer("min-replicas-max-lag", 10, 0, kIntMax, 0, "min-slaves-max-lag"),
    integer("min-replicas-to-write", 0, 0, kIntMax, 0, "min-slaves-to-write"),
    flag("no-appendfsync-on-rewrite", "no"),
    choice("oom-score-adj", "no", "no yes relative absolute"),
    choice("propagation-error-behavior", "ignore", "ignore panic panic-on-replicas"),
    flag("rdb-del-sync-files", "no"),
    integer("rdb-key-save-delay", 0, kIntMin, kIntMax, kHidden),
    flag("rdb-save-incremental-fsync", "yes"),
    flag("rdbchecksum", "yes", kImmutable),
    flag("rdbcompression", "yes"),
    memory("repl-backlog-size", 1048576, 1),
    integer("repl-backlog-ttl", 3600, 0, kMax),
    flag("repl-disable-tcp-nodelay", "no"),
    choice("repl-diskless-load", "disabled", "disabled on-empty-db swapdb"),
    flag("repl-diskless-sync", "yes"),
    integer("repl-diskless-sync-delay", 5, 0, kIntMax),
    integer("repl-diskless-sync-max-replicas", 0, 0, kIntMax),
    integer("repl-ping-replica-period", 10, 1, kIntMax, 0, "repl-ping-slave-period"),
    integer("repl-timeout", 60, 1, kIntMax),
    text("replica-announce-ip", "", 0, "slave-announce-ip"),
    integer("replica-announce-port", 0, 0, 65535, 0, "slave-announce-port"),
    flag("replica-announced", "yes"),
    flag("replica-ignore-disk-write-errors", "no"),
    flag("replica-ignore-maxmemory", "yes", 0, "slave-ignore-maxmemory"),
    flag("replica-lazy-flush", "no", 0, "slave-lazy-flush"),
    integer("replica-priority", 100, 0, kIntMax, 0, "slave-priority"),
    flag("replica-read-only", "yes", 0, "slave-read-only"),
    flag("replica-serve-stale-data", "yes", 0, "slave-serve-stale-data"),
    choice("sanitize-dump-payload", "no", "no yes clients"),
    text("server_cpulist", "", kImmutable),
    integer("set-max-intset-entries", 512, 0, kMax),
    integer("shutdown-timeout", 10, 0, kIntMax),
    integer("socket-mark-id", 0, 0, kUintMax, kImmutable),
    flag("stop-writes-on-bgsave-error", "yes"),
    memory("stream-node-max-bytes", 4096, 0),
    integer("stream-node-max-entries", 100, 0, kMax),
    choice("tls-auth-clients", "yes", "no yes optional"),
    text("tls-ca-cert-dir", ""),
    text("tls-ca-cert-file", ""),
    text("tls-cert-file", ""),
    text("tls-ciphers", ""),
    text("tls-ciphersuites", ""),
    text("tls-client-cert-file", ""),
    text("tls-client-key-file", ""),
    text("tls-client-key-file-pass", "", kSensitive),
    text("tls-dh-params-file", ""),
    text("tls-key-file", ""),
    text("tls-key-file-pass", "", kSensitive),
    flag("tls-prefer-server-ciphers", "no"),
    text("tls-protocols", ""),
    integer("tls-session-cache-size", 20480, 0, kIntMax),
    integer("tls-session-cache-timeout", 300, 0, kIntMax),
    flag("tls-session-caching", "yes"),
    integer("tracking-table-max-keys", 1000000, 0, kMax),
    flag("use-exit-on-panic", "no", kHidden),
    integer("watchdog-period", 0, 0, kIntMax, kHidden),
    integer("zset-max-listpack-entries", 128, 0, kMax, 0, "zset-max-ziplist-entries"),
    memory("zset-max-listpack-value", 64, 0, 0, "zset-max-ziplist-value"),
};

// Where the values live. Deques: options keep pointers into them.
struct InertValues {
  std::deque<bool> flags;
  std::deque<int64_t> numbers;
  std::deque<std::string> texts;
  std::deque<int> choices;
};

OptionTraits traits_of(const Row& row) {
  OptionTraits traits;
  traits.immutable = (row.flags & kImmutable) != 0;
  traits.protect = (row.flags & kProtected) != 0;
  traits.hidden = (row.flags & kHidden) != 0;
  traits.sensitive = (row.flags & kSensitive) != 0;
  traits.clamped = (row.flags & kClamped) != 0;
  traits.alias = row.alias;
  traits.inert = true;
  return traits;
}

constexpr std::string_view kDoc = "accepted and checked, without effect in this stage";

void declare_choice(Config& config, InertValues& values, const Row& row) {
  ChoiceOption::Values choices;
  std::string_view rest = row.choices;
  int* value = &values.choices.emplace_back(0);
  for (int number = 0; !rest.empty(); ++number) {
    const size_t space = std::min(rest.find(' '), rest.size());
    choices.emplace_back(rest.substr(0, space), number);
    if (choices.back().first == row.initial) *value = number;
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  config.add(std::make_unique<ChoiceOption>(
      std::string(row.name), [value] { return *value; }, [value](int chosen) { *value = chosen; }, std::move(choices),
      std::string(kDoc), traits_of(row)));
}

void declare(Config& config, InertValues& values, const Row& row) {
  switch (row.kind) {
    case Kind::kFlag:
      return config.flag(row.name, &values.flags.emplace_back(), row.initial == "yes", kDoc, traits_of(row));
    case Kind::kText:
      return config.text(row.name, &values.texts.emplace_back(), row.initial, kDoc, traits_of(row));
    case Kind::kChoice:
      return declare_choice(config, values, row);
    case Kind::kInteger:
      return config.integer(row.name, &values.numbers.emplace_back(), row.number, row.min, row.max, kDoc,
                            traits_of(row));
    case Kind::kMemory:
      return config.memory(row.name, &values.numbers.emplace_back(), row.number, row.min, row.max, kDoc,
                           traits_of(row));
    case Kind::kMemoryOrPercent:
      return config.memory_or_percent(row.name, &values.numbers.emplace_back(), row.number, row.max, kDoc,
                                      traits_of(row));
  }
}

}  // namespace

void install_inert_options(Server& server) {
  auto& values = server.own<InertValues>();
  for (const Row& row : kRows) declare(server.config, values, row);
  install_inert_special_options(server);
}

}  // namespace strata::resp
