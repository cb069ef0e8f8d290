// Hashes: a listpack as it lies in memory, or the fields one by one.
//
//   kHashListpackType    listpack of field, value, ...          written and read
//   kHashType            fields, field, value, ...              written and read
//   kHashZiplistType     ziplist of field, value, ...           read
//   kHashZipmapType      zipmap                                 read
#include "03_rdb_snapshot/legacy/zipmap.h"
#include "03_rdb_snapshot/values/packed.h"
#include "03_rdb_snapshot/values/value_codec.h"

namespace strata::rdb {

namespace {

using db::Element;
using db::FieldTable;
using db::HashValue;
using db::Listpack;

constexpr size_t kLeastBytes = 2;  // of a field and its value in a file

TypeId hash_type_id(const Entry& entry) { return HashValue::of(entry).is_listpack() ? kHashListpackType : kHashType; }

// [task 3.3] Write a hash as it lies in memory, or field by field.
void save_hash(const Entry& entry, RdbWriter& out) {
  const HashValue hash = HashValue::of(entry);
  if (hash.is_listpack()) return out.string(hash.listpack().bytes());
  out.length(hash.size());
  hash.table().each([&](const Entry& field) {
    out.string(field.key());
    const Element value = db::element_of(field);
    if (value.is_number) {
      out.number(value.number);
    } else {
      out.string(value.text);
    }
  });
}

// A hash in the making: a listpack while it may be one, then a table.
class NewHash {
 public:
  explicit NewHash(const db::HashLimits& limits) : limits_(limits) {}
  ~NewHash() {
    if (table_ == nullptr) fields_.destroy();
  }
  NewHash(const NewHash&) = delete;
  NewHash& operator=(const NewHash&) = delete;

  void expect(uint64_t fields, const RdbReader& in) {
    if (fields <= static_cast<uint64_t>(limits_.max_listpack_entries)) return;
    (void)become_table();
    table_->reserve(in.believable(fields, kLeastBytes));
  }
  size_t size() const { return table_ != nullptr ? table_->size() : fields_.count() / 2; }

  // Takes a listpack of pairs that was checked.
  void adopt(Block pairs) {
    fields_.destroy();
    fields_ = Listpack(pairs.release());
  }
  // False: the field was there already. A listpack notices that only when it becomes a table, or when all_differ asks.
  bool add(std::string_view field, std::string_view value) {
    if (table_ == nullptr && !fits(field, value) && !become_table()) return false;
    if (table_ != nullptr) return table_->set(field, value);
    fields_.append(field);
    fields_.append(value);
    return true;
  }
  bool all_differ() const { return table_ != nullptr || all_names_differ(fields_); }
  // What has become of it; false: a field came twice.
  bool finish(Entry::Shape* out) {
    const bool large = table_ == nullptr && size() > static_cast<size_t>(limits_.max_listpack_entries);
    if (large && !become_table()) return false;
    out->type = ValueType::kHash;
    out->layout = table_ != nullptr ? db::Layout::kPointerB : db::Layout::kPointer;
    out->pointer = table_ != nullptr ? static_cast<void*>(table_.release()) : fields_.block();
    fields_ = Listpack(nullptr);
    return true;
  }

 private:
  bool fits(std::string_view field, std::string_view value) const {
    const auto longest = static_cast<size_t>(limits_.max_listpack_value);
    return field.size() <= longest && value.size() <= longest &&
           fields_.total_bytes() + field.size() + value.size() < Listpack::kMaxBytes;
  }
  bool become_table() {
    table_ = std::make_unique<FieldTable>();
    bool all_new = true;
    for (auto at = fields_.first(); at != Listpack::kNone && all_new; at = fields_.next(fields_.next(at))) {
      Element::Digits name;
      Element::Digits value;
      all_new = table_->set(fields_.get(at).as_text(name), fields_.get(fields_.next(at)).as_text(value));
    }
    fields_.destroy();
    return all_new;
  }

  const db::HashLimits& limits_;
  Listpack fields_ = Listpack::create();
  std::unique_ptr<FieldTable> table_;
};

bool duplicate(RdbReader& in) { return in.fail("a hash with the same field twice"); }

// [task 3.5] Read fields and values one by one.
bool load_pairs(RdbReader& in, NewHash& hash) {
  uint64_t fields = 0;
  if (!in.length(&fields)) return false;
  hash.expect(fields, in);
  std::string field;
  std::string_view value;
  for (; fields > 0; fields--) {
    if (!in.string_into(&field) || !in.string(&value)) return false;
    if (!hash.add(field, value)) return duplicate(in);
  }
  return true;
}

// `differ`: look for a field that comes twice.
bool adopt_pairs(RdbReader& in, Block pairs, bool differ, NewHash& hash) {
  if (pairs == nullptr) return false;
  const Listpack listpack(pairs.get());
  if (listpack.count() % 2 != 0) return in.fail("hash integrity check failed: a field without a value");
  if (differ && !all_names_differ(listpack)) return duplicate(in);
  hash.adopt(std::move(pairs));
  return true;
}

// [task 3.6] Read a hash of Redis 2.4 and before.
bool load_zipmap(RdbReader& in, NewHash& hash) {
  std::string_view bytes;
  if (!in.string(&bytes)) return false;
  if (!Zipmap::validate(as_bytes(bytes))) return in.fail("zipmap integrity check failed");
  bool all_new = true;
  Zipmap(as_bytes(bytes)).each([&](std::string_view field, std::string_view value) {
    all_new = all_new && hash.add(field, value);
  });
  return (all_new && hash.all_differ()) || duplicate(in);
}

bool load_fields(RdbReader& in, TypeId type, bool deep, NewHash& hash) {
  switch (type) {
    case kHashListpackType:
      return adopt_pairs(in, read_listpack(in), deep, hash);
    case kHashZiplistType:
      return adopt_pairs(in, read_ziplist(in), true, hash);
    case kHashZipmapType:
      return load_zipmap(in, hash);
    default:
      return load_pairs(in, hash) && (!deep || hash.all_differ() || duplicate(in));
  }
}

// [task 3.5] Read a hash in any of its forms.
Loaded load_hash(RdbReader& in, TypeId type, const LoadRules& rules, Entry::Shape* out) {
  NewHash hash(rules.hashes);
  const bool fine = load_fields(in, type, rules.deep, hash);
  if (fine && hash.size() == 0) return Loaded::kEmpty;
  if (fine && hash.finish(out)) return Loaded::kValue;
  duplicate(in);  // unless something else was wrong
  return Loaded::kBroken;
}

}  // namespace

void add_hash_codec(ValueCodecs& codecs) {
  codecs[ValueType::kHash] = {hash_type_id, save_hash};
  codecs.add_loaders({kHashType, kHashZipmapType, kHashZiplistType, kHashListpackType}, load_hash);
}

}  // namespace strata::rdb
