// BITCOUNT and BITPOS: counting and finding bits in a part of a string.
#include "02_data_types/bits/bit_commands.h"
#include "02_data_types/bits/bit_range.h"
#include "common/text.h"

namespace strata::db {

using namespace resp;

namespace {

// BYTE or BIT; answers the error when it is neither.
bool unit_argument(Client& client, std::string_view word, bool* in_bits) {
  *in_bits = equals_nocase(word, "BIT");
  if (*in_bits || equals_nocase(word, "BYTE")) return true;
  client.reply.error(kSyntaxError);
  return false;
}

}  // namespace

// BITCOUNT key [start end [BYTE|BIT]]
void bitcount_command(Client& client, Args args) {
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kString)) return;
  if (!ref) {
    client.reply.integer(0);
    return;
  }
  int64_t start = 0;
  int64_t end = -1;
  bool in_bits = false;
  if (args.size() == 4 || args.size() == 5) {
    if (!integer_argument(client, args[2], &start) || !integer_argument(client, args[3], &end)) return;
    if (start < 0 && end < 0 && start > end) {  // told before the unit is looked at
      client.reply.integer(0);
      return;
    }
    if (args.size() == 5 && !unit_argument(client, args[4], &in_bits)) return;
  } else if (args.size() != 2) {
    client.reply.error(kSyntaxError);
    return;
  }
  char scratch[kInt64Chars];
  std::string_view bytes = string_bytes(*ref, scratch);
  client.reply.integer(static_cast<int64_t>(count_bits(bytes, clip_bits(start, end, in_bits, bytes.size()))));
}

// BITPOS key bit [start [end [BYTE|BIT]]]
void bitpos_command(Client& client, Args args) {
  int64_t bit = 0;
  if (!integer_argument(client, args[2], &bit)) return;
  if (bit != 0 && bit != 1) {
    client.reply.error("ERR The bit argument must be 1 or 0.");
    return;
  }
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kString)) return;
  if (!ref) {  // zeros without end
    client.reply.integer(bit == 1 ? -1 : 0);
    return;
  }
  if (args.size() > 6) {
    client.reply.error(kSyntaxError);
    return;
  }
  int64_t start = 0;
  int64_t end = -1;
  bool in_bits = false;
  if (args.size() > 3 && !integer_argument(client, args[3], &start)) return;
  if (args.size() > 5 && !unit_argument(client, args[5], &in_bits)) return;
  if (args.size() > 4 && !integer_argument(client, args[4], &end)) return;
  char scratch[kInt64Chars];
  std::string_view bytes = string_bytes(*ref, scratch);
  BitRange range = clip_bits(start, end, in_bits, bytes.size());
  int64_t found = find_bit(bytes, bit == 1, range);
  // Without an end of its own, the range goes on behind the string, where all bits are 0.
  bool open = args.size() < 5 && !range.empty();
  if (found < 0 && bit == 0 && open) found = static_cast<int64_t>(bytes.size() * 8);
  client.reply.integer(found);
}

}  // namespace strata::db
