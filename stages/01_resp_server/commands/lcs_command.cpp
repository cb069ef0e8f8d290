// LCS key1 key2 [LEN] [IDX] [MINMATCHLEN n] [WITHMATCHLEN]: the longest common subsequence of two strings.
//
// The textbook dynamic programme (Wagner and Fischer, 1974): length[i][j] is that of the first i and j bytes. The way
// back from the lower right corner yields the subsequence from its end, and runs of it that are contiguous in both
// strings as ranges, which IDX answers in that order: last first.
#include <climits>
#include <vector>

#include "01_resp_server/commands/string_support.h"

namespace strata::resp {

namespace {

struct LcsOptions {
  bool length = false;
  bool ranges = false;
  bool range_lengths = false;
  int64_t min_length = 0;
};

bool read_options(Client& client, Args args, LcsOptions* out) {
  for (size_t i = 3; i < args.size(); i++) {
    if (equals_nocase(args[i], "IDX")) {
      out->ranges = true;
    } else if (equals_nocase(args[i], "LEN")) {
      out->length = true;
    } else if (equals_nocase(args[i], "WITHMATCHLEN")) {
      out->range_lengths = true;
    } else if (equals_nocase(args[i], "MINMATCHLEN") && i + 1 < args.size()) {
      if (!integer_argument(client, args[++i], &out->min_length)) return false;
      out->min_length = std::max<int64_t>(out->min_length, 0);
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
  }
  if (out->length && out->ranges) {
    client.reply.error("ERR If you want both the length and indexes, please just use IDX.");
    return false;
  }
  return true;
}

class LcsTable {
 public:
  LcsTable(std::string_view a, std::string_view b) : a_(a), b_(b), cells_((a.size() + 1) * (b.size() + 1), 0) {
    for (size_t i = 1; i <= a.size(); i++) {
      for (size_t j = 1; j <= b.size(); j++) {
        cell(i, j) = a[i - 1] == b[j - 1] ? at(i - 1, j - 1) + 1 : std::max(at(i - 1, j), at(i, j - 1));
      }
    }
  }
  uint32_t at(size_t i, size_t j) const { return cells_[i * (b_.size() + 1) + j]; }
  uint32_t length() const { return at(a_.size(), b_.size()); }

 private:
  uint32_t& cell(size_t i, size_t j) { return cells_[i * (b_.size() + 1) + j]; }
  std::string_view a_;
  std::string_view b_;
  std::vector<uint32_t> cells_;
};

struct Range {
  size_t a_end;  // one past the last matching byte
  size_t b_end;
  size_t length;
};

// Walks back through the table; `result` receives the subsequence, the return value the contiguous runs, last first.
std::vector<Range> walk_back(const LcsTable& table, std::string_view a, std::string_view b, std::string* result) {
  std::vector<Range> runs;
  result->resize(table.length());
  size_t left = table.length();
  size_t i = a.size();
  size_t j = b.size();
  while (i > 0 && j > 0 && left > 0) {
    if (a[i - 1] == b[j - 1]) {
      (*result)[--left] = a[i - 1];
      bool goes_on =
          !runs.empty() && runs.back().a_end - runs.back().length == i && runs.back().b_end - runs.back().length == j;
      if (goes_on) {
        runs.back().length++;
      } else {
        runs.push_back({i, j, 1});
      }
      i--;
      j--;
    } else if (table.at(i - 1, j) > table.at(i, j - 1)) {
      i--;
    } else {
      j--;
    }
  }
  return runs;
}

void reply_ranges(Client& client, const std::vector<Range>& runs, uint32_t length, const LcsOptions& options) {
  client.reply.map(2);
  client.reply.bulk("matches");
  Chunk* gap = client.reply.open();
  size_t shown = 0;
  for (const Range& run : runs) {
    if (static_cast<int64_t>(run.length) < options.min_length) continue;
    shown++;
    client.reply.array(options.range_lengths ? 3 : 2);
    for (size_t end : {run.a_end, run.b_end}) {
      client.reply.array(2);
      client.reply.integer(static_cast<int64_t>(end - run.length));
      client.reply.integer(static_cast<int64_t>(end - 1));
    }
    if (options.range_lengths) client.reply.integer(static_cast<int64_t>(run.length));
  }
  client.reply.close_array(gap, shown);
  client.reply.bulk("len");
  client.reply.integer(length);
}

}  // namespace

void lcs_command(Client& client, Args args) {
  auto& database = database_of(client);
  char scratch[2][kInt64Chars];
  std::string_view strings[2];
  bool wrong_type = false;
  for (size_t i : {0, 1}) {
    db::Ref ref = database.read(args[1 + i]);  // both are looked up, whatever the first one is
    if (!ref) continue;
    if (ref->type() == db::ValueType::kString) {
      strings[i] = db::string_bytes(*ref, scratch[i]);  // the entry stays where it is, whatever the table does
    } else {
      wrong_type = true;
    }
  }
  if (wrong_type) {
    client.reply.error("ERR The specified keys must contain string values");
    return;
  }
  auto [a, b] = strings;
  LcsOptions options;
  if (!read_options(client, args, &options)) return;
  if (a.size() >= UINT32_MAX - 1 || b.size() >= UINT32_MAX - 1) {
    client.reply.error("ERR String too long for LCS");
    return;
  }
  uint64_t cells = static_cast<uint64_t>(a.size() + 1) * (b.size() + 1);
  if (cells > static_cast<uint64_t>(client.server.clients.max_bulk) / sizeof(uint32_t)) {
    client.reply.error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len");
    return;
  }
  constexpr uint64_t kMostCells = 1ull << 32;  // 16 GiB of them: no reply is worth more, whatever the option says
  if (cells > kMostCells) {
    client.reply.error("ERR Insufficient memory, failed allocating transient memory for LCS");
    return;
  }
  LcsTable table(a, b);
  if (options.length) {
    client.reply.integer(table.length());
    return;
  }
  std::string result;
  std::vector<Range> runs = walk_back(table, a, b, &result);
  if (options.ranges) {
    reply_ranges(client, runs, table.length(), options);
  } else {
    client.reply.bulk(result);
  }
}

}  // namespace strata::resp
