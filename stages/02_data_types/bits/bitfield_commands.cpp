// BITFIELD and BITFIELD_RO: a string as an array of integers of any width.
#include <vector>

#include "02_data_types/bits/bit_commands.h"
#include "02_data_types/bits/bit_field.h"
#include "common/text.h"

namespace strata::db {

using namespace resp;

namespace {

struct FieldOperation {
  enum class Kind : uint8_t { kGet, kSet, kIncrBy };
  Kind kind = Kind::kGet;
  FieldType type = {};
  uint64_t offset = 0;
  int64_t amount = 0;  // the new value, or what to add
  Overflow overflow = Overflow::kWrap;

  uint64_t last_bit() const { return offset + type.width - 1; }
};

bool overflow_argument(Client& client, std::string_view word, Overflow* overflow) {
  if (equals_nocase(word, "WRAP")) {
    *overflow = Overflow::kWrap;
  } else if (equals_nocase(word, "SAT")) {
    *overflow = Overflow::kSaturate;
  } else if (equals_nocase(word, "FAIL")) {
    *overflow = Overflow::kFail;
  } else {
    client.reply.error("ERR Invalid OVERFLOW type specified");
    return false;
  }
  return true;
}

// All operations of a command line: GET type offset, SET type offset value, INCRBY type offset increment, and OVERFLOW,
// which holds for those behind it. Answers the error and returns false when one of them is wrong.
// [task 2.7] Read all operations of BITFIELD before one of them runs.
bool read_operations(Client& client, Args args, std::vector<FieldOperation>* operations) {
  Overflow overflow = Overflow::kWrap;
  for (size_t at = 2; at < args.size();) {
    size_t behind = args.size() - at - 1;
    if (equals_nocase(args[at], "OVERFLOW") && behind >= 1) {
      if (!overflow_argument(client, args[at + 1], &overflow)) return false;
      at += 2;
      continue;
    }
    FieldOperation operation{.overflow = overflow};
    if (equals_nocase(args[at], "GET") && behind >= 2) {
      operation.kind = FieldOperation::Kind::kGet;
    } else if (equals_nocase(args[at], "SET") && behind >= 3) {
      operation.kind = FieldOperation::Kind::kSet;
    } else if (equals_nocase(args[at], "INCRBY") && behind >= 3) {
      operation.kind = FieldOperation::Kind::kIncrBy;
    } else {
      client.reply.error(kSyntaxError);
      return false;
    }
    if (!parse_field_type(args[at + 1], &operation.type)) {
      client.reply.error(
          "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.");
      return false;
    }
    if (!bit_offset_argument(client, args[at + 2], &operation.offset, operation.type.width)) return false;
    bool writes = operation.kind != FieldOperation::Kind::kGet;
    if (writes && !integer_argument(client, args[at + 3], &operation.amount)) return false;
    operations->push_back(operation);
    at += writes ? 4 : 3;
  }
  return true;
}

// A number so low that 63 bits do not hold its distance to the greatest number of the field: SET saturates upwards then, as
// Redis does.
bool too_low_to_tell(FieldType type, int128 amount) {
  if (!type.is_signed || type.width == 64) return false;
  int128 most = (int128{1} << (type.width - 1)) - 1;
  return most - amount > INT64_MAX;
}

// Runs one operation that writes, and answers it; true when it counts as a change: it was not refused, and the field is
// another one or the string had to grow for it.
bool write_field(Client& client, char* bytes, size_t length, bool grown, const FieldOperation& operation) {
  FieldType type = operation.type;
  bool sets = operation.kind == FieldOperation::Kind::kSet;
  int64_t old_value = load_field({bytes, length}, operation.offset, type);
  // A negative number is a huge one to a field without a sign.
  int128 amount = sets && !type.is_signed ? int128{static_cast<uint64_t>(operation.amount)} : operation.amount;
  if (sets && operation.overflow == Overflow::kSaturate && too_low_to_tell(type, amount)) amount = INT64_MAX;
  std::optional<int64_t> value = fit_field(type, sets ? amount : old_value + amount, operation.overflow);
  if (!value) {
    client.reply.null();
    return false;
  }
  store_field(bytes, operation.offset, type, *value);
  client.reply.integer(sets ? old_value : *value);
  return grown || *value != old_value;
}

void run_bitfield(Client& client, Args args, bool may_write) {
  std::vector<FieldOperation> operations;
  if (!read_operations(client, args, &operations)) return;
  bool writes = false;
  uint64_t last_written = 0;
  for (const FieldOperation& operation : operations) {
    if (operation.kind == FieldOperation::Kind::kGet) continue;
    writes = true;
    last_written = std::max(last_written, operation.last_bit());
  }
  if (writes && !may_write) {
    client.reply.error("ERR BITFIELD_RO only supports the GET subcommand");
    return;
  }
  Database& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = writes ? database.write(key) : database.read(key);
  if (!of_type(client, ref, ValueType::kString)) return;
  bool grown = false;
  if (writes) ref = writable_bits(client, ref, key, last_written, &grown);

  char scratch[kInt64Chars];
  std::string_view bytes = ref ? string_bytes(*ref, scratch) : std::string_view();
  uint64_t changes = 0;
  client.reply.array(operations.size());
  for (const FieldOperation& operation : operations) {
    if (operation.kind == FieldOperation::Kind::kGet) {
      client.reply.integer(load_field(bytes, operation.offset, operation.type));
    } else {
      changes += write_field(client, raw_bytes(*ref), bytes.size(), grown, operation) ? 1 : 0;
    }
  }
  if (changes > 0) keyspace_of(client).changed(database, key, "setbit", EventClass::kString, changes);
}

}  // namespace

void bitfield_command(Client& client, Args args) { run_bitfield(client, args, true); }
void bitfield_ro_command(Client& client, Args args) { run_bitfield(client, args, false); }

// [task 2.7] Tell whether BITFIELD's key is written or only read.
bool find_bitfield_keys(Args args, std::vector<FoundKey>& keys) {
  bool only_reads = true;
  for (size_t at = 2; at < args.size() && only_reads; at++) {
    size_t behind = args.size() - at - 1;
    if (equals_nocase(args[at], "GET") && behind >= 2) {
      at += 2;
    } else if (equals_nocase(args[at], "OVERFLOW") && behind >= 1) {
      at += 1;
    } else {
      only_reads = false;
    }
  }
  keys.push_back({1, only_reads ? kKeyRO | kKeyAccess : kKeyRW | kKeyAccess | kKeyUpdate});
  return true;
}

}  // namespace strata::db
