// Bit commands: strings as arrays of bits. SETBIT and GETBIT, and what all of them share.
#include "02_data_types/bits/bit_commands.h"
#include "02_data_types/families.h"

namespace strata::db {

using namespace resp;

// [task 2.7] Read the number of a bit, or of a field.
bool bit_offset_argument(Client& client, std::string_view text, uint64_t* offset, unsigned field_width) {
  bool counts_fields = field_width > 0 && text.starts_with('#');
  int64_t bit = 0;
  if (!integer_argument(client, text.substr(counts_fields ? 1 : 0), &bit, kBitOffsetError)) return false;
  bool overflow = counts_fields && __builtin_mul_overflow(bit, static_cast<int64_t>(field_width), &bit);
  bool too_far = !client.obeyed() && bit / 8 >= client.server.clients.max_bulk;
  if (overflow || bit < 0 || too_far) {
    client.reply.error(kBitOffsetError);
    return false;
  }
  *offset = static_cast<uint64_t>(bit);
  return true;
}

Ref writable_bits(Client& client, Ref ref, std::string_view key, uint64_t last, bool* grown) {
  Database& database = database_of(client);
  size_t old_length = ref ? string_length(*ref) : 0;
  size_t length = std::max<size_t>(old_length, last / 8 + 1);
  *grown = length > old_length;
  if (!ref) ref = database.set_string(ref, key, "", -1);
  return make_raw(database, ref, length);
}

namespace {

uint8_t mask_of(uint64_t offset) { return static_cast<uint8_t>(0x80u >> (offset % 8)); }

// SETBIT key offset value
void setbit_command(Client& client, Args args) {
  constexpr std::string_view kBitError = "ERR bit is not an integer or out of range";
  uint64_t offset = 0;
  int64_t bit = 0;
  if (!bit_offset_argument(client, args[2], &offset) || !integer_argument(client, args[3], &bit, kBitError)) return;
  if (bit != 0 && bit != 1) {
    client.reply.error(kBitError);
    return;
  }
  Database& database = database_of(client);
  std::string_view key = args[1];
  Ref ref = database.write(key);
  if (!of_type(client, ref, ValueType::kString)) return;
  bool grown = false;
  ref = writable_bits(client, ref, key, offset, &grown);
  char& byte = raw_bytes(*ref)[offset / 8];
  bool was_set = (byte & mask_of(offset)) != 0;
  if (was_set != (bit == 1)) byte = static_cast<char>(byte ^ mask_of(offset));
  if (grown || was_set != (bit == 1)) keyspace_of(client).changed(database, key, "setbit", EventClass::kString);
  client.reply.integer(was_set ? 1 : 0);
}

void getbit_command(Client& client, Args args) {
  uint64_t offset = 0;
  if (!bit_offset_argument(client, args[2], &offset)) return;
  Ref ref = database_of(client).read(args[1]);
  if (!of_type(client, ref, ValueType::kString)) return;
  char scratch[kInt64Chars];
  std::string_view bytes = ref ? string_bytes(*ref, scratch) : std::string_view();
  bool set = offset / 8 < bytes.size() && (bytes[offset / 8] & mask_of(offset)) != 0;
  client.reply.integer(set ? 1 : 0);
}

}  // namespace

void install_bits(Server& server) {
  const std::vector<KeySpec> kRead = {key_at(1, kKeyRO | kKeyAccess)};
  constexpr uint32_t kChanged = kKeyRW | kKeyAccess | kKeyUpdate;
  CommandTable& commands = server.commands;
  commands.add(
      {.name = "setbit", .arity = 4, .flags = kWrite | kDenyOom, .keys = {key_at(1, kChanged)}, .run = setbit_command});
  commands.add({.name = "getbit", .arity = 3, .flags = kReadOnly | kFast, .keys = kRead, .run = getbit_command});
  commands.add({.name = "bitcount", .arity = -2, .flags = kReadOnly, .keys = kRead, .run = bitcount_command});
  commands.add({.name = "bitpos", .arity = -3, .flags = kReadOnly, .keys = kRead, .run = bitpos_command});
  commands.add({.name = "bitop",
                .arity = -4,
                .flags = kWrite | kDenyOom,
                .keys = {key_at(2, kKeyOW | kKeyUpdate), keys_in_range(3, -1, 1, kKeyRO | kKeyAccess)},
                .run = bitop_command});
  commands.add(
      {.name = "bitfield",
       .arity = -2,
       .flags = kWrite | kDenyOom,
       .keys = {KeySpec{
           .flags = kChanged | kKeyVariableFlags, .index = 1, .notes = "read-only when every operation is a GET"}},
       .run = bitfield_command,
       .find_keys = find_bitfield_keys});
  commands.add(
      {.name = "bitfield_ro", .arity = -2, .flags = kReadOnly | kFast, .keys = kRead, .run = bitfield_ro_command});
}

}  // namespace strata::db
