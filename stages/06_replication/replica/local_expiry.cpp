#include "06_replication/replica/local_expiry.h"

#include "01_resp_server/db/keyspace.h"
#include "01_resp_server/server/client.h"
#include "01_resp_server/server/key_finder.h"

namespace strata::repl {

namespace {

constexpr int kDatabases = 64;          // as in Redis: beyond these nothing is noted
constexpr size_t kKeysPerPeriod = 500;  // looked at, so that nobody notices

}  // namespace

void LocalExpiry::follow(bool writable_replica) {
  if (writable_replica == following_) return;
  following_ = writable_replica;
  if (following_) {
    server_.observe(*this);
  } else {
    server_.stop_observing(*this);
    forget_all();
  }
}

void LocalExpiry::before(resp::Client& client, const resp::CommandSpec& spec) {
  local_write_ = spec.is(resp::kWrite) && client.kind != resp::ClientClass::kMaster;
  if (local_write_) server_.get<db::Keyspace>().may_expire = true;
}

void LocalExpiry::after(resp::Client& client, const resp::CommandSpec& spec, resp::Args args) {
  if (!std::exchange(local_write_, false)) return;
  server_.get<db::Keyspace>().may_expire = false;
  if (client.db < kDatabases) note_keys(client.db, spec, args);
}

void LocalExpiry::note_keys(int db, const resp::CommandSpec& spec, resp::Args args) {
  found_.clear();
  if (!resp::find_keys(spec, args, found_)) return;
  const db::Database& database = server_.get<db::Keyspace>().db(db);
  for (const resp::FoundKey& key : found_) {
    const std::string_view name = args[static_cast<size_t>(key.index)];
    const db::Ref ref = database.find_even_expired(name);
    if (ref && ref->has_expiry()) noted_.emplace(db, name);
  }
}

bool LocalExpiry::settled(const Place& place) {
  auto& keyspace = server_.get<db::Keyspace>();
  db::Database& database = keyspace.db(place.first);
  const db::Ref ref = database.find_even_expired(place.second);
  if (!ref || !ref->has_expiry()) return true;
  if (!database.expired(*ref)) return false;
  keyspace.may_expire = true;
  (void)database.peek(place.second);  // a look at an expired key deletes it
  keyspace.may_expire = false;
  return true;
}

void LocalExpiry::periodic() {
  if (!following_ || noted_.empty()) return;
  auto at = noted_.lower_bound(next_);
  for (size_t i = std::min(noted_.size(), kKeysPerPeriod); i > 0; i--) {
    if (at == noted_.end()) at = noted_.begin();
    if (at == noted_.end()) return;
    at = settled(*at) ? noted_.erase(at) : std::next(at);
  }
  next_ = at == noted_.end() ? Place() : *at;
}

}  // namespace strata::repl
