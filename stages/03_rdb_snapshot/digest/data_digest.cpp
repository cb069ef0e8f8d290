#include "03_rdb_snapshot/digest/data_digest.h"

#include "01_resp_server/db/string_value.h"
#include "02_data_types/values/hash_value.h"
#include "02_data_types/values/list_value.h"
#include "02_data_types/values/set_value.h"
#include "02_data_types/values/sorted_set_value.h"
#include "common/numbers.h"

namespace strata::rdb {

using db::Element;
using db::Entry;
using db::ValueType;

namespace {

void mix(Digest& digest, const Element& element) {
  Element::Digits digits;
  digest.mix(element.as_text(digits));
}

void mix_string(Digest& digest, const Entry& entry) {
  Element::Digits digits;
  digest.mix(db::string_bytes(entry, digits.bytes));
}

void mix_list(Digest& digest, const Entry& entry) {
  const db::QuickList& list = db::list_of(entry);
  list.visit(db::ListEnd::kHead, 0, list.size(), [&](const Element& element) { mix(digest, element); });
}

void add_members(Digest& digest, const Entry& entry) {
  db::SetValue(entry).each([&](const Element& member) {
    Element::Digits digits;
    digest.add(member.as_text(digits));
  });
}

void add_scores(Digest& digest, const Entry& entry) {
  auto set = db::SortedSetValue::of(entry);
  set.each(set.all(), false, [&](const Element& member, double score) {
    Digest pair;
    mix(pair, member);
    char text[kDoubleChars];
    pair.mix({text, format_double(text, score)});
    digest.add(pair);
  });
}

void add_fields(Digest& digest, const Entry& entry) {
  db::HashValue::of(entry).each([&](const db::HashField& field) {
    Digest pair;
    mix(pair, field.name);
    mix(pair, field.value);
    digest.add(pair);
  });
}

// [task 3.1] Take a value by its type, and whether it expires.
void take_value(Digest& digest, const Entry& entry) {
  digest.mix(static_cast<uint32_t>(entry.type()));
  switch (entry.type()) {
    case ValueType::kString:
      mix_string(digest, entry);
      break;
    case ValueType::kList:
      mix_list(digest, entry);
      break;
    case ValueType::kSet:
      add_members(digest, entry);
      break;
    case ValueType::kSortedSet:
      add_scores(digest, entry);
      break;
    case ValueType::kHash:
      add_fields(digest, entry);
      break;
    case ValueType::kStream:
    case ValueType::kModule:
      break;  // no entry has these types
  }
  if (entry.has_expiry()) digest.add("!!expire!!");
}

}  // namespace

// [task 3.1] The fingerprint of one value.
Digest digest_of_value(const Entry& entry) {
  Digest digest;
  take_value(digest, entry);
  return digest;
}

// [task 3.1] Take every key of every database that is not empty.
Digest digest_of_data(db::Keyspace& keyspace) {
  Digest all;
  for (size_t i = 0; i < keyspace.count(); i++) {
    const db::Database& database = keyspace.db(static_cast<int>(i));
    if (database.size() == 0) continue;
    all.mix(static_cast<uint32_t>(i));
    database.each([&all](const Entry& entry) {
      Digest digest;
      digest.mix(entry.key());
      take_value(digest, entry);
      all.add(digest);
    });
  }
  return all;
}

}  // namespace strata::rdb
