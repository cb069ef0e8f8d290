// KEYS and SCAN: walking over all keys, at once or in steps.
#include <climits>
#include <string>
#include <vector>

#include "01_resp_server/commands/scan_support.h"
#include "common/glob.h"

namespace strata::resp {

bool read_cursor(Client& client, std::string_view text, uint64_t* cursor) {
  // strtoul's grammar: a sign is allowed and wraps around, leading space is not, nothing may follow. Nothing at all is 0,
  // but not behind a sign; what follows a zero byte does not count.
  text = until_zero(text);
  bool negative = text.starts_with('-');
  bool valid = text != "-" && text != "+";
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  uint64_t value = 0;
  for (char c : text) {
    unsigned digit = static_cast<unsigned char>(c) - '0';
    if (digit > 9 || __builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value)) {
      valid = false;
      break;
    }
  }
  if (!valid) {
    client.reply.error("ERR invalid cursor");
    return false;
  }
  *cursor = negative ? ~value + 1 : value;
  return true;
}

bool read_scan_options(Client& client, Args args, size_t first, bool with_type, ScanOptions* out) {
  for (size_t i = first; i < args.size(); i += 2) {
    bool has_next = i + 1 < args.size();
    if (has_next && equals_nocase(args[i], "COUNT")) {
      if (!integer_argument(client, args[i + 1], &out->count)) return false;
      if (out->count < 1) {
        client.reply.error(kSyntaxError);
        return false;
      }
    } else if (has_next && equals_nocase(args[i], "MATCH")) {
      out->pattern = args[i + 1];
      out->match_all = out->pattern == "*";
    } else if (has_next && with_type && equals_nocase(args[i], "TYPE")) {
      out->type = args[i + 1];
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
  }
  return true;
}

namespace {

// SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]
// [task 1.10] Answer SCAN: the next cursor, and the keys that match.
void scan_command(Client& client, Args args) {
  uint64_t cursor = 0;
  ScanOptions options;
  if (!read_cursor(client, args[1], &cursor) || !read_scan_options(client, args, 2, true, &options)) return;
  auto& keyspace = keyspace_of(client);
  auto& database = database_of(client);
  std::vector<std::string> found;
  std::vector<std::string> expired;
  // An upper bound on the work for a pattern that matches little, or a table that is nearly empty.
  int64_t visits_left = options.count > LLONG_MAX / 10 ? LLONG_MAX : options.count * 10;
  int64_t wanted = options.count;
  do {
    cursor = database.scan(cursor, [&](db::Entry& entry) {
      wanted--;
      std::string_view key = entry.key();
      if (!options.match_all && !glob_match(options.pattern, key)) return;
      if (!options.type.empty() && !equals_nocase(keyspace.types.of(entry).name, options.type)) return;
      (database.expired(entry) ? expired : found).emplace_back(key);
    });
  } while (cursor != 0 && wanted > 0 && --visits_left > 0);
  for (const std::string& key : expired) database.peek(key);  // lets it go
  client.reply.array(2);
  client.reply.bulk(std::to_string(cursor));
  client.reply.array(found.size());
  for (const std::string& key : found) client.reply.bulk(key);
}

void keys_command(Client& client, Args args) {
  auto& database = database_of(client);
  bool all = args[1] == "*";
  Chunk* gap = client.reply.open();
  size_t count = 0;
  database.each([&](db::Entry& entry) {
    if (database.expired(entry) || (!all && !glob_match(args[1], entry.key()))) return;
    client.reply.bulk(entry.key());
    count++;
  });
  client.reply.close_array(gap, count);
}

}  // namespace

void install_scan_commands(Server& server) {
  server.commands.add({.name = "keys",
                       .arity = 2,
                       .flags = kReadOnly,
                       .categories = kCatDangerous,
                       .tips = {"request_policy:all_shards", "nondeterministic_output_order"},
                       .run = keys_command});
  server.commands.add({.name = "scan",
                       .arity = -2,
                       .flags = kReadOnly,
                       .tips = {"nondeterministic_output", "request_policy:special"},
                       .run = scan_command});
}

}  // namespace strata::resp
