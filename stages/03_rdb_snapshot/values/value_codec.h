// How values are written into a snapshot and read from one: a column of the type table, kept here.
//
//   writing   by the value's type: save() picks the TypeId that fits its encoding, and writes what stands behind it
//   reading   by the TypeId in the file: load() makes a value, of the encoding that this server's own limits ask for
//
// What is read is never trusted: packed containers are walked to their ends before anything else looks at them.
#pragma once

#include <array>

#include "01_resp_server/db/entry.h"
#include "01_resp_server/server/server.h"
#include "02_data_types/values/hash_value.h"
#include "02_data_types/values/list_value.h"
#include "02_data_types/values/set_value.h"
#include "02_data_types/values/sorted_set_value.h"
#include "03_rdb_snapshot/format/rdb_reader.h"
#include "03_rdb_snapshot/format/rdb_writer.h"

namespace strata::rdb {

using db::Entry;
using db::ValueType;

// The limits that decide on encodings, and how suspicious to be.
struct LoadRules {
  const db::HashLimits& hashes;
  const db::ListLimits& lists;
  const db::SetLimits& sets;
  const db::SortedSetLimits& sorted_sets;
  bool deep = false;  // look for fields that come twice, too

  static LoadRules of(resp::Server& server, bool deep) {
    return {server.get<db::HashLimits>(), server.get<db::ListLimits>(), server.get<db::SetLimits>(),
            server.get<db::SortedSetLimits>(), deep};
  }
};

enum class Loaded : uint8_t {
  kBroken,  // the reader's error says why
  kEmpty,   // a collection without elements: no key can hold it
  kValue,
};

// Fills type, layout and value of the shape, which then owns the value. Bytes of a short string are borrowed from the
// reader: make the entry before reading on.
using LoadValue = Loaded (*)(RdbReader&, TypeId, const LoadRules&, Entry::Shape*);

struct SaveRow {
  TypeId (*type_id)(const Entry&) = nullptr;
  void (*save)(const Entry&, RdbWriter&) = nullptr;  // the value, without its TypeId
};

class ValueCodecs {
 public:
  SaveRow& operator[](ValueType type) { return saves_[static_cast<size_t>(type)]; }
  const SaveRow& of(const Entry& entry) const { return saves_[static_cast<size_t>(entry.type())]; }
  void add_loader(TypeId type, LoadValue loader) { loads_[type] = loader; }
  void add_loaders(std::initializer_list<TypeId> types, LoadValue loader) {
    for (TypeId type : types) loads_[type] = loader;
  }

  // TypeId and value.
  void save(const Entry& entry, RdbWriter& out) const {
    const SaveRow& row = of(entry);
    out.byte(row.type_id(entry));
    row.save(entry, out);
  }
  Loaded load(RdbReader& in, uint8_t type, const LoadRules& rules, Entry::Shape* out) const;

 private:
  std::array<SaveRow, 8> saves_{};
  std::array<LoadValue, kTypeIds> loads_{};
};

void add_string_codec(ValueCodecs&);
void add_list_codec(ValueCodecs&);
void add_set_codec(ValueCodecs&);
void add_hash_codec(ValueCodecs&);
void add_sorted_set_codec(ValueCodecs&);

}  // namespace strata::rdb
