// Lists: node by node, each a listpack as it lies in memory or one large element.
//
//   kListQuicklist2Type    nodes, container (plain or packed) blob, ...       written and read
//   kListQuicklistType     nodes, ziplist, ...                                read
//   kListZiplistType       ziplist                                            read
//   kListType              elements, string, ...                              read
#include "03_rdb_snapshot/values/packed.h"
#include "03_rdb_snapshot/values/value_codec.h"

namespace strata::rdb {

namespace {

using db::ListEnd;
using db::QuickList;
using NewList = std::unique_ptr<QuickList>;

TypeId list_type_id(const Entry&) { return kListQuicklist2Type; }

// [task 3.3] Write the nodes of a list as they are.
void save_list(const Entry& entry, RdbWriter& out) {
  const QuickList& list = db::list_of(entry);
  out.length(list.node_count());
  for (const auto* node = list.head(); node != nullptr; node = node->next) {
    out.length(node->is_plain() ? kPlainNode : kPackedNode);
    if (node->is_compressed()) {
      out.compressed(as_text(node->bytes()), node->size());
    } else {
      out.string(node->bytes());
    }
  }
}

NewList new_list(const LoadRules& rules) {
  return std::make_unique<QuickList>(rules.lists.max_listpack_size, rules.lists.compress_depth);
}

bool load_plain_node(RdbReader& in, QuickList& list) {
  std::string_view element;
  if (!in.string(&element)) return false;
  if (element.empty()) return in.fail("quicklist integrity check failed: a node without bytes");
  list.append_plain(element);
  return true;
}

bool append_node(Block block, QuickList& list) {
  if (block == nullptr) return false;
  // A node without elements says nothing; a list must not keep it.
  if (!db::Listpack(block.get()).empty()) list.append_node(db::Listpack(block.release()));
  return true;
}

// [task 3.5] Read one node of a list.
bool load_node(RdbReader& in, QuickList& list) {
  uint64_t container = 0;
  if (!in.length(&container)) return false;
  if (container == kPackedNode) return append_node(read_listpack(in), list);
  if (container == kPlainNode) return load_plain_node(in, list);
  return in.fail("quicklist integrity check failed: unknown container {}", container);
}

// A list that was small: its elements are laid out anew.
bool load_ziplist(RdbReader& in, QuickList& list) {
  const Block block = read_ziplist(in);
  if (block == nullptr) return false;
  const db::Listpack elements(block.get());
  for (auto at = elements.first(); at != db::Listpack::kNone; at = elements.next(at)) {
    db::Element::Digits digits;
    list.push(ListEnd::kTail, elements.get(at).as_text(digits));
  }
  return true;
}

bool load_element(RdbReader& in, QuickList& list) {
  std::string_view element;
  if (!in.string(&element)) return false;
  list.push(ListEnd::kTail, element);
  return true;
}

bool load_part(RdbReader& in, TypeId type, QuickList& list) {
  switch (type) {
    case kListQuicklist2Type:
      return load_node(in, list);
    case kListQuicklistType:
      return append_node(read_ziplist(in), list);
    case kListZiplistType:
      return load_ziplist(in, list);
    default:
      return load_element(in, list);
  }
}

// [task 3.5] Read a list: its nodes, or its elements one by one.
Loaded load_list(RdbReader& in, TypeId type, const LoadRules& rules, Entry::Shape* out) {
  NewList list = new_list(rules);
  uint64_t parts = 1;
  if (type != kListZiplistType && !in.length(&parts)) return Loaded::kBroken;
  for (; parts > 0; parts--) {
    if (!load_part(in, type, *list)) return Loaded::kBroken;
  }
  if (list->empty()) return Loaded::kEmpty;
  out->type = ValueType::kList;
  out->layout = db::Layout::kPointer;
  out->pointer = list.release();
  return Loaded::kValue;
}

}  // namespace

void add_list_codec(ValueCodecs& codecs) {
  codecs[ValueType::kList] = {list_type_id, save_list};
  codecs.add_loaders({kListType, kListZiplistType, kListQuicklistType, kListQuicklist2Type}, load_list);
}

}  // namespace strata::rdb
