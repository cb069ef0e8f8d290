#include "02_data_types/encodings/member_table.h"

namespace strata::db {

Member* Member::create(std::string_view text) {
  size_t header = text.size() < kLong ? 1 : kLongHeader;
  char* block = static_cast<char*>(element_slab().allocate(header + text.size()));
  if (header == 1) {
    block[0] = static_cast<char>(text.size());
  } else {
    block[0] = static_cast<char>(kLong);
    uint32_t length = static_cast<uint32_t>(text.size());
    std::memcpy(block + 1, &length, sizeof length);
  }
  if (!text.empty()) std::memcpy(block + header, text.data(), text.size());
  return reinterpret_cast<Member*>(block);
}

// [task 2.2] Add a member to a table.
bool MemberTable::add(std::string_view text) {
  Hash hash = hash_of(text);
  if (table_.find(text, hash)) return false;
  table_.insert(Member::create(text), hash);
  return true;
}

// [task 2.2] Remove a member from a table.
bool MemberTable::remove(std::string_view text) {
  Hash hash = hash_of(text);
  auto at = table_.find(text, hash);
  if (!at) return false;
  Member* member = table_.remove(at, hash);
  element_slab().free(member, member->block_bytes());
  return true;
}

void MemberTable::copy_to(MemberTable& other) const {
  each([&](const Member* member) { other.table_.insert(Member::create(member->text()), hash_of(member->text())); });
}

}  // namespace strata::db
