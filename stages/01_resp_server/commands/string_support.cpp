#include "01_resp_server/commands/string_support.h"

#include <fmt/format.h>

#include <climits>

namespace strata::resp {

// [task 1.8] Read the options of SET and GETEX; refuse those that do not fit together.
bool read_string_options(Client& client, Args args, size_t first, bool for_getex, StringOptions* out) {
  using Expire = StringOptions::Expire;
  auto fail = [&client] {
    client.reply.error(kSyntaxError);
    return false;
  };
  for (size_t i = first; i < args.size(); i++) {
    std::string_view word = args[i];
    bool has_next = i + 1 < args.size();
    Expire expire = Expire::kNone;
    if (!for_getex && equals_nocase(word, "NX")) {
      if (out->xx) return fail();
      out->nx = true;
    } else if (!for_getex && equals_nocase(word, "XX")) {
      if (out->nx) return fail();
      out->xx = true;
    } else if (!for_getex && equals_nocase(word, "GET")) {
      out->get = true;
    } else if (!for_getex && equals_nocase(word, "KEEPTTL")) {
      expire = Expire::kKeep;
    } else if (for_getex && equals_nocase(word, "PERSIST")) {
      expire = Expire::kPersist;
    } else if (equals_nocase(word, "EX") && has_next) {
      expire = Expire::kEx;
    } else if (equals_nocase(word, "PX") && has_next) {
      expire = Expire::kPx;
    } else if (equals_nocase(word, "EXAT") && has_next) {
      expire = Expire::kExAt;
    } else if (equals_nocase(word, "PXAT") && has_next) {
      expire = Expire::kPxAt;
    } else {
      return fail();
    }
    if (expire == Expire::kNone) continue;
    // The same option twice is fine, and the last amount counts; two different ones contradict each other.
    if (out->expire != Expire::kNone && out->expire != expire) return fail();
    out->expire = expire;
    if (out->has_amount()) out->amount = args[++i];
  }
  return true;
}

// [task 1.8] Turn an expire option into a moment.
bool expiry_time(Client& client, std::string_view amount, bool seconds, bool absolute, int64_t* when_ms) {
  int64_t when = 0;
  if (!integer_argument(client, amount, &when)) return false;
  bool valid = when > 0 && (!seconds || when <= LLONG_MAX / 1000);
  if (valid && seconds) when *= 1000;
  if (valid && !absolute) {
    int64_t now = keyspace_of(client).now_ms();
    valid = when <= LLONG_MAX - now;
    if (valid) when += now;
  }
  if (!valid) {
    client.reply.error(fmt::format("ERR invalid expire time in '{}' command", client.current->full_name));
    return false;
  }
  *when_ms = when;
  return true;
}

void reply_string(Client& client, const db::Entry& entry) {
  char scratch[kInt64Chars];
  client.reply.bulk(db::string_bytes(entry, scratch));
}

bool reply_string_at(Client& client, std::string_view key, db::Ref* found) {
  db::Ref ref = database_of(client).read(key);
  if (found != nullptr) *found = ref;
  if (!ref) {
    client.reply.null();
    return true;
  }
  if (!of_type(client, ref, db::ValueType::kString)) return false;
  reply_string(client, *ref);
  return true;
}

bool length_allowed(Client& client, uint64_t size, uint64_t more) {
  if (client.obeyed() || size + more <= static_cast<uint64_t>(client.server.clients.max_bulk))
    return true;
  client.reply.error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
  return false;
}

BigBulk buffer_of_pair(Client& client, Args args, size_t name_at) {
  if (args[name_at + 1].size() < kBigBulk) return nullptr;
  for (size_t i = name_at + 2; i < args.size(); i += 2) {
    if (args[i] == args[name_at]) return nullptr;
  }
  return client.parser().take_big_bulk(name_at + 1);
}

}  // namespace strata::resp
