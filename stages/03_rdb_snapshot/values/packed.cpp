#include "03_rdb_snapshot/values/packed.h"

#include <algorithm>
#include <string>
#include <unordered_set>

#include "03_rdb_snapshot/legacy/ziplist.h"

namespace strata::rdb {

Block read_block(RdbReader& in, size_t* size) {
  StringHead head;
  if (!in.string_head(&head)) return nullptr;
  if (head.form == StringHead::Form::kNumber) {
    in.fail("a number where a packed value was expected");
    return nullptr;
  }
  *size = head.plain_size();
  Block block(static_cast<uint8_t*>(std::malloc(std::max<size_t>(*size, 1))));
  if (block == nullptr) {
    in.fail("no memory for {} bytes", *size);
    return nullptr;
  }
  if (!in.body_into(head, reinterpret_cast<char*>(block.get()))) return nullptr;
  return block;
}

// [task 3.5] Read a listpack, and believe nothing of it.
Block read_listpack(RdbReader& in) {
  size_t size = 0;
  Block block = read_block(in, &size);
  if (block == nullptr || db::Listpack::validate({block.get(), size}, true)) return block;
  in.fail("listpack integrity check failed");
  return nullptr;
}

// [task 3.6] Make a listpack of a ziplist.
Block read_ziplist(RdbReader& in) {
  std::string_view bytes;
  if (!in.string(&bytes)) return nullptr;
  if (bytes.size() >= db::Listpack::kMaxBytes / 2 || !Ziplist::validate(as_bytes(bytes))) {
    in.fail("ziplist integrity check failed");
    return nullptr;
  }
  db::Listpack listpack = db::Listpack::create(bytes.size());
  Ziplist(as_bytes(bytes)).each([&](const db::Element& element) {
    if (element.is_number) {
      listpack.append(element.number);
    } else {
      listpack.append(element.text);
    }
  });
  listpack.shrink_to_fit();
  return Block(listpack.block());
}

bool all_names_differ(const db::Listpack& pairs) {
  std::unordered_set<std::string> seen;
  for (auto at = pairs.first(); at != db::Listpack::kNone; at = pairs.next(pairs.next(at))) {
    db::Element::Digits digits;
    if (!seen.emplace(pairs.get(at).as_text(digits)).second) return false;
  }
  return true;
}

}  // namespace strata::rdb
