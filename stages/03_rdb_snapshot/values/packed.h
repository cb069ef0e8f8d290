// Packed containers as a snapshot carries them: a listpack or an intset in a string, checked before anybody uses it.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

#include "02_data_types/encodings/listpack.h"
#include "03_rdb_snapshot/format/rdb_reader.h"

namespace strata::rdb {

struct FreeBlock {
  void operator()(uint8_t* block) const { std::free(block); }
};
// A malloc'ed block, as a Listpack keeps it.
using Block = std::unique_ptr<uint8_t, FreeBlock>;

// Reads a string into a block of its own. Null when that fails; the reader's error says why.
Block read_block(RdbReader& in, size_t* size);
// The same for a listpack, which is whole and well-formed: every element was looked at.
Block read_listpack(RdbReader& in);

// The same for a ziplist of older files, whose elements become a listpack's.
Block read_ziplist(RdbReader& in);

// Does none of the first halves of a listpack's pairs come twice?
bool all_names_differ(const db::Listpack& pairs);

inline std::span<const uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace strata::rdb
