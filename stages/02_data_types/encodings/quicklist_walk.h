// The templates of QuickList: walking over elements, taking a list apart. Included by quicklist.h.
#pragma once

#include <algorithm>
#include <type_traits>

#include "02_data_types/encodings/listpack_element.h"
#include "02_data_types/encodings/quicklist.h"

namespace strata::db {

namespace quicklist_detail {

// False when the visitor has seen enough.
template <class Visit>
bool show(Visit& visit, const Element& element) {
  if constexpr (std::is_void_v<decltype(visit(element))>) {
    visit(element);
    return true;
  } else {
    return visit(element);
  }
}

}  // namespace quicklist_detail

template <class Visit>
bool QuickList::visit_node(const QuickListNode& node, NodeReader& reader, ListEnd from, size_t skip, size_t n,
                           Visit& visit) {
  namespace codec = listpack_element;
  using quicklist_detail::show;
  std::span<const uint8_t> bytes = reader.open(node);
  if (node.is_plain()) {
    return show(visit, Element::of(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
  }
  if (from == ListEnd::kHead) {
    const uint8_t* at = bytes.data() + Listpack::kHeaderBytes;
    for (size_t i = 0; i < skip + n; i++) {
      if (i >= skip && !show(visit, codec::read(at))) return false;
      size_t data = codec::data_bytes(at);
      at += data + codec::back_length_bytes(data);
    }
  } else {
    const uint8_t* at = bytes.data() + bytes.size() - 1;
    for (size_t i = 0; i < skip + n; i++) {
      size_t data = codec::read_back_length(at);
      at -= data + codec::back_length_bytes(data);
      if (i >= skip && !show(visit, codec::read(at))) return false;
    }
  }
  return true;
}

template <class Visit>
void QuickList::visit(ListEnd from, size_t skip, size_t n, Visit visit) const {
  if (skip >= size_) return;
  n = std::min(n, size_ - skip);
  const bool forward = from == ListEnd::kHead;
  // Elements deep inside are reached faster from the other end.
  const QuickListNode* node;
  if (skip <= size_ / 2) {
    node = forward ? head_ : tail_;
    for (; skip >= node->count(); node = forward ? node->next : node->previous) skip -= node->count();
  } else {
    size_t behind = size_ - skip;  // elements that are not skipped
    node = forward ? tail_ : head_;
    for (; behind > node->count(); node = forward ? node->previous : node->next) behind -= node->count();
    skip = node->count() - behind;
  }
  NodeReader reader;
  for (; n > 0; node = forward ? node->next : node->previous) {
    size_t here = std::min(n, node->count() - skip);
    if (!visit_node(*node, reader, from, skip, here, visit)) return;
    n -= here;
    skip = 0;
  }
}

template <class Release>
void QuickList::dismantle(Release release) {
  for (QuickListNode* node = head_; node != nullptr;) {
    QuickListNode* next = node->next;
    QuickListNode::destroy(node, release);
    node = next;
  }
  head_ = tail_ = nullptr;
  size_ = nodes_ = 0;
}

}  // namespace strata::db
