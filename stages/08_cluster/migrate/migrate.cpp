// MIGRATE host port key|"" db timeout [COPY] [REPLACE] [AUTH password | AUTH2 user password] [KEYS key ...]
//
//   here                                     target
//   AUTH, SELECT (if need be), RESTORE  -->  one write for all the keys
//   of every key that it took: DEL      <--  one line for each
//
// A key is deleted when the target has said that it has it, not before: whatever breaks, it is somewhere.
#include "08_cluster/families.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "01_resp_server/commands/docs/docs.h"
#include "01_resp_server/commands/support.h"
#include "01_resp_server/resp/request_encoder.h"
#include "03_rdb_snapshot/dump/dump_payload.h"
#include "03_rdb_snapshot/rdb_options.h"
#include "08_cluster/migrate/target.h"
#include "08_cluster/server/cluster.h"

namespace strata::cluster {

using namespace resp;

namespace {

constexpr int64_t kDefaultTimeoutMs = 1000;

struct Request {
  std::string host;
  int port = 0;
  int database = 0;
  int64_t timeout_ms = 0;
  bool copy = false;
  bool replace = false;
  std::vector<std::string_view> credentials;  // of AUTH; empty: none
  std::vector<std::string_view> keys;
};

// Where the keys of KEYS begin; 0: the form with one key.
size_t keys_at(Args args) {
  for (size_t i = 6; i < args.size(); ++i) {
    if (equals_nocase(args[i], "auth")) {
      i += 1;
    } else if (equals_nocase(args[i], "auth2")) {
      i += 2;
    } else if (equals_nocase(args[i], "keys")) {
      return i + 1;
    }
  }
  return 0;
}

bool find_migrate_keys(Args args, std::vector<FoundKey>& out) {
  constexpr uint32_t kFlags = kKeyRW | kKeyAccess | kKeyDelete;
  const size_t first = args[3].empty() ? keys_at(args) : 0;
  if (first == 0) {
    out.push_back({3, kFlags});
    return true;
  }
  for (size_t i = first; i < args.size(); ++i) out.push_back({static_cast<int>(i), kFlags});
  return true;
}

// Answers the error itself.
bool read_options(Client& client, Args args, Request* out) {
  out->keys = {args[3]};
  for (size_t i = 6; i < args.size(); ++i) {
    const size_t behind = args.size() - 1 - i;
    if (equals_nocase(args[i], "copy")) {
      out->copy = true;
    } else if (equals_nocase(args[i], "replace")) {
      out->replace = true;
    } else if (equals_nocase(args[i], "auth") && behind >= 1) {
      out->credentials = {args[i + 1]};
      i += 1;
    } else if (equals_nocase(args[i], "auth2") && behind >= 2) {
      out->credentials = {args[i + 1], args[i + 2]};
      i += 2;
    } else if (equals_nocase(args[i], "keys")) {
      if (!args[3].empty()) {
        client.reply.error("ERR When using MIGRATE KEYS option, the key argument must be set to the empty string");
        return false;
      }
      out->keys.assign(args.begin() + static_cast<ptrdiff_t>(i) + 1, args.end());
      return true;
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
  }
  return true;
}

bool read_request(Client& client, Args args, Request* out) {
  int64_t port = 0;
  int64_t database = 0;
  if (!read_options(client, args, out) || !integer_argument(client, args[5], &out->timeout_ms) ||
      !integer_argument(client, args[4], &database)) {
    return false;
  }
  out->host = args[1];
  out->port = parse_int64(args[2], &port) && port > 0 && port <= 65535 ? static_cast<int>(port) : 0;
  out->database = static_cast<int>(database);
  if (out->timeout_ms <= 0) out->timeout_ms = kDefaultTimeoutMs;
  return true;
}

// What one MIGRATE does, connection and all.
class Migration {
 public:
  Migration(Client& client, const Request& request)
      : client_(client),
        request_(request),
        cache_(client.server.get<TargetCache>()),
        address_(fmt::format("{}:{}", request.host, request.port)) {}

  // Leaves out what is not there. False: there is nothing to move.
  bool collect();
  void run();

 private:
  enum class Step : uint8_t { kDone, kConnecting, kWriting, kReading };
  std::optional<Step> attempt();  // nothing: go on; else where it broke
  std::string stream(bool select);
  std::optional<Step> read_answers(Target& target, bool select);
  void remove(std::string_view key);
  void propagate();
  Step broken(Target::Outcome outcome, Step step);

  Client& client_;
  const Request& request_;
  TargetCache& cache_;
  const std::string address_;
  std::vector<std::string_view> keys_;
  std::vector<std::string_view> moved_;
  std::string error_;  // the first that the target answered
  bool timed_out_ = false;
  size_t answered_ = 0;  // keys
};

bool Migration::collect() {
  db::Database& database = database_of(client_);
  for (std::string_view key : request_.keys) {
    if (database.look(key)) keys_.push_back(key);
  }
  return !keys_.empty();
}

std::string Migration::stream(bool select) {
  const auto& codecs = client_.server.get<rdb::ValueCodecs>();
  const bool compress = client_.server.get<rdb::RdbOptions>().compression;
  const bool clustered = client_.server.get<Cluster>().enabled();
  db::Database& database = database_of(client_);
  std::string out;
  if (!request_.credentials.empty()) {
    std::vector<std::string_view> auth = {"AUTH"};
    auth.insert(auth.end(), request_.credentials.begin(), request_.credentials.end());
    append_request(out, auth);
  }
  const std::string number = std::to_string(request_.database);
  if (select) append_request(out, std::vector<std::string_view>{"SELECT", number});
  const int64_t now = keyspace_of(client_).now_ms();
  std::erase_if(keys_, [&](std::string_view key) { return !database.peek(key); });  // may have expired since
  for (std::string_view key : keys_) {
    const db::Ref ref = database.peek(key);
    const std::string ttl = std::to_string(ref->has_expiry() ? std::max<int64_t>(ref->expiry_ms() - now, 1) : 0);
    const std::string payload = rdb::dump_value(codecs, *ref, compress);
    std::vector<std::string_view> words = {clustered ? "RESTORE-ASKING" : "RESTORE", key, ttl, payload};
    if (request_.replace) words.push_back("REPLACE");
    append_request(out, words);
  }
  return out;
}

void Migration::remove(std::string_view key) {
  db::Database& database = database_of(client_);
  if (!database.remove(key)) return;
  keyspace_of(client_).changed(database, key, "del", db::EventClass::kGeneric);
  moved_.push_back(key);
}

Migration::Step Migration::broken(Target::Outcome outcome, Step step) {
  timed_out_ = outcome == Target::Outcome::kTimeout;
  cache_.drop(address_);
  return step;
}

std::optional<Migration::Step> Migration::read_answers(Target& target, bool select) {
  std::string line;
  bool refused = false;  // AUTH or SELECT was: whatever happened to the keys, it is not what was wanted
  const auto read = [&] {
    const Target::Outcome outcome = target.read_line(&line, request_.timeout_ms);
    if (outcome == Target::Outcome::kOk && line.starts_with('-') && error_.empty()) error_ = line.substr(1);
    return outcome;
  };
  for (int i = (request_.credentials.empty() ? 0 : 1) + (select ? 1 : 0); i > 0; --i) {
    if (const auto outcome = read(); outcome != Target::Outcome::kOk) return broken(outcome, Step::kReading);
    refused = refused || line.starts_with('-');
  }
  for (; answered_ < keys_.size(); ++answered_) {
    if (const auto outcome = read(); outcome != Target::Outcome::kOk) return broken(outcome, Step::kReading);
    if (!refused && !line.starts_with('-') && !request_.copy) remove(keys_[answered_]);
  }
  if (!error_.empty()) target.database = -1;
  return std::nullopt;
}

std::optional<Migration::Step> Migration::attempt() {
  Target* target = cache_.find(address_);
  if (target == nullptr) {
    auto fresh = std::make_unique<Target>();
    const Target::Outcome outcome = fresh->connect(request_.host, request_.port, request_.timeout_ms);
    if (outcome != Target::Outcome::kOk) {
      timed_out_ = true;  // not to be tried again
      return Step::kConnecting;
    }
    target = &cache_.add(address_, std::move(fresh));
  }
  target->used_ms = client_.server.loop.now_ms();
  const bool select = target->database != request_.database;
  const std::string bytes = stream(select);
  if (const auto outcome = target->write(bytes, request_.timeout_ms); outcome != Target::Outcome::kOk) {
    return broken(outcome, Step::kWriting);
  }
  target->database = request_.database;
  return read_answers(*target, select);
}

void Migration::propagate() {
  auto& effects = keyspace_of(client_).effects;
  if (moved_.empty()) {
    effects.replay_nothing();
  } else if (effects.wanted) {
    std::vector<std::string_view> words = {"DEL"};
    words.insert(words.end(), moved_.begin(), moved_.end());
    effects.replay_as(words);
  }
}

// [task 8.6] Move the keys.
void Migration::run() {
  std::optional<Step> step = attempt();
  // A connection that was kept may have been closed by the target since: once more, with a new one.
  if (step && !timed_out_ && answered_ == 0 && error_.empty()) step = attempt();
  propagate();
  if (!error_.empty()) {
    client_.reply.error(fmt::format("ERR Target instance replied with error: {}", error_));
  } else if (!step) {
    client_.reply.ok();
  } else if (*step == Step::kConnecting) {
    client_.reply.error("IOERR error or timeout connecting to the client");
  } else {
    client_.reply.error(
        fmt::format("IOERR error or timeout {} to target instance", *step == Step::kWriting ? "writing" : "reading"));
  }
}

void migrate_command(Client& client, Args args) {
  Request request;
  if (!read_request(client, args, &request)) return;
  Migration migration(client, request);
  if (migration.collect()) {
    migration.run();
  } else {
    client.reply.simple("NOKEY");
  }
}

}  // namespace

void install_migrate(Server& server) {
  auto& cache = server.own<TargetCache>();
  server.every(1000, [&server, &cache] { cache.drop_idle(server.loop.now_ms()); });
  server.info.section("stats").add([&cache](InfoWriter& out) { out.field("migrate_cached_sockets", cache.size()); });
  constexpr uint32_t kKey = kKeyRW | kKeyAccess | kKeyDelete;
  server.commands.add({.name = "migrate",
                       .arity = -6,
                       .flags = kWrite,
                       .categories = kCatKeyspace | kCatDangerous,
                       .keys = {key_at(3, kKey), KeySpec{.flags = kKey | kKeyIncomplete,
                                                         .begin = KeySpec::Begin::kKeyword,
                                                         .index = -2,
                                                         .keyword = "KEYS",
                                                         .last = -1}},
                       .tips = {"nondeterministic_output"},
                       .run = migrate_command,
                       .find_keys = find_migrate_keys});
  DocGroup(server.commands, "generic")(
      "migrate",
      {.summary = "Moves keys to another server",
       .since = "2.6.0",
       .complexity = "O(N) for a value of N elements, here and at the target, besides the DUMP and the RESTORE",
       .syntax = "host port:integer key_or_empty_string:<key|empty_string=> destination-db:integer timeout:integer "
                 "[COPY@3.0.0] [REPLACE@3.0.0] [authentication:<[AUTH password@4.0.7]|[AUTH2 "
                 "username_password:{username password}@6.0.0]>] [KEYS key:key#1...@3.0.6]",
       .history = {{"3.0.0", "Options `COPY` and `REPLACE`"},
                   {"3.0.6", "Option `KEYS`"},
                   {"4.0.7", "Option `AUTH`"},
                   {"6.0.0", "Option `AUTH2`"}}});
}

}  // namespace strata::cluster
