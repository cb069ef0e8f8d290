#include "01_resp_server/server/lookahead.h"

#include "01_resp_server/server/command_table.h"

namespace strata::resp {

namespace {

constexpr size_t kMostArguments = 64;  // of a command that is worth a look

// Reads "<type><digits>\r\n" at `p`; -1 for anything else or when it is not all there.
long read_header(const char*& p, const char* end, char type) {
  if (p == end || *p != type) return -1;
  long value = 0;
  const char* q = p + 1;
  for (; q < end && *q >= '0' && *q <= '9'; q++) {
    if (q - p > 8) return -1;
    value = value * 10 + (*q - '0');
  }
  if (q == p + 1 || end - q < 2 || *q != '\r') return -1;
  p = q + 2;
  return value;
}

}  // namespace

bool Lookahead::take_command(const char*& p, const char* end) {
  long count = read_header(p, end, '*');
  if (count <= 0 || count > static_cast<long>(kMostArguments)) return false;
  args_.clear();
  for (long i = 0; i < count; i++) {
    long length = read_header(p, end, '$');
    if (length < 0 || end - p < length + 2) return false;
    args_.emplace_back(p, static_cast<size_t>(length));
    p += length + 2;
  }
  return true;
}

std::span<const Lookup> Lookahead::lookups_in(std::string_view input) {
  lookups_.clear();
  const char* p = input.data();
  const char* end = p + input.size();
  for (count_ = 0; count_ < kCommands && take_command(p, end); count_++) {
    const CommandSpec* spec = commands_.find(args_[0]);
    if (spec == nullptr || spec->keys.empty() || spec->keys[0].begin != KeySpec::Begin::kIndex) continue;
    const KeySpec& where = spec->keys[0];
    int argc = static_cast<int>(args_.size());
    int last = where.find != KeySpec::Find::kRange ? where.index
               : where.last < 0                    ? argc + where.last
                                                   : where.index + where.last;
    for (int i = where.index; i <= last && i < argc && lookups_.size() < kKeys; i += where.step) {
      lookups_.push_back({args_[static_cast<size_t>(i)]});
    }
    if (spec->member > 0 && spec->member < argc) lookups_.back().member = args_[static_cast<size_t>(spec->member)];
  }
  return lookups_;
}

}  // namespace strata::resp
