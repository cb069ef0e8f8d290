// Changes inside a quicklist: insertion, replacement, removal, and the splitting and merging of nodes they entail.
#include <algorithm>

#include "02_data_types/encodings/quicklist.h"
#include "02_data_types/values/element_matcher.h"

namespace strata::db {

// --- insertion ---

QuickList::Place QuickList::find(std::string_view text) const {
  ElementMatcher matches(text);
  NodeReader reader;
  for (QuickListNode* node = head_; node != nullptr; node = node->next) {
    size_t index = 0;
    auto search = [&](const Element& element) {
      if (matches(element)) return false;
      index++;
      return true;
    };
    if (!visit_node(*node, reader, ListEnd::kHead, 0, node->count(), search)) return {node, index};
  }
  return {};
}

bool QuickList::insert(std::string_view pivot, bool after, std::string_view element) {
  Place place = find(pivot);
  if (place.node == nullptr) return false;
  insert_at(place, after, element);
  return true;
}

// [task 2.3] Insert beside an element, as Redis cuts the nodes.
// Into the element's node while that has room; else into the neighbour, if the place is next to it; else a full node
// is cut in two at the place, and what has become small enough is merged with its neighbours.
void QuickList::insert_at(Place place, bool after, std::string_view element) {
  if (wants_plain(element)) {
    insert_alone(place, after, element);
    return;
  }
  QuickListNode* node = place.node;
  QuickListNode* neighbour = after ? node->next : node->previous;
  const ListEnd near_end = after ? ListEnd::kHead : ListEnd::kTail;  // of a node behind, or before, the place
  size_++;
  if (has_room(node, element)) {
    node->decompress();
    node->edit([&](Listpack& listpack) {
      Listpack::Position at = listpack.at(static_cast<int64_t>(place.index));
      listpack.insert(after ? listpack.after(at) : at, element);
    });
    settle(node);
  } else if (place.at_edge(after) && has_room(neighbour, element)) {
    neighbour->decompress();
    neighbour->push(near_end, element, byte_limit());
    settle(neighbour);
  } else if (place.at_edge(after)) {
    QuickListNode* added = new_node(element);
    link(added, node, after);
    settle(added);
  } else {
    QuickListNode* second = split(node, after ? place.index + 1 : place.index);
    (after ? second : node)->push(near_end, element, byte_limit());
    settle(node);
    settle(second);
    merge_around(after ? node : second);
  }
}

// In a node of its own.
void QuickList::insert_alone(Place place, bool after, std::string_view element) {
  QuickListNode* node = place.node;
  QuickListNode* second = nullptr;
  if (!place.at_edge(after)) {
    second = split(node, after ? place.index + 1 : place.index);
    after = true;
  }
  QuickListNode* added = new_node(element);
  link(added, node, after);
  size_++;
  settle(node);
  settle(second);
  settle(added);
}

// --- replacement ---

bool QuickList::set(int64_t index, std::string_view element) {
  auto size = static_cast<int64_t>(size_);
  if (index < 0) index += size;
  if (index < 0 || index >= size) return false;
  replace_at(place_of(static_cast<size_t>(index)), element);
  return true;
}

void QuickList::replace_at(Place place, std::string_view element) {
  QuickListNode* node = place.node;
  bool alone = wants_plain(element) || node->size() + Listpack::bytes_for(element) > Listpack::kMaxBytes;
  if (!node->is_plain() && !alone) {
    node->decompress();
    node->edit([&](Listpack& listpack) { listpack.replace(listpack.at(static_cast<int64_t>(place.index)), element); });
    settle(node);
    return;
  }
  // The new element comes behind the old one, which then is the last of its node and leaves.
  if (alone) {
    insert_alone(place, true, element);
  } else {
    insert_at(place, true, element);
  }
  erase_in(node, node->count() - 1, 1);
}

// --- removal ---

// Elements of one node; the node goes when none are left.
void QuickList::erase_in(QuickListNode* node, size_t index, size_t n) {
  size_ -= n;
  if (n == node->count()) {
    unlink(node);
    settle(nullptr);
    return;
  }
  node->decompress();
  if (index == 0) {
    for (; n > 0; n--) node->pop(ListEnd::kHead);
  } else if (index + n == node->count()) {
    for (; n > 0; n--) node->pop(ListEnd::kTail);
  } else {
    node->edit([=](Listpack& listpack) { listpack.erase_range(static_cast<int64_t>(index), n); });
  }
  if (node != head_ && node != tail_) node->fit();
  settle(node);
}

// [task 2.3] Erase a range that may span many nodes.
void QuickList::erase(size_t index, size_t n) {
  if (n == 0) return;
  Place place = place_of(index);
  QuickListNode* node = place.node;
  index = place.index;
  while (n > 0) {
    QuickListNode* next = node->next;
    size_t here = std::min(n, node->count() - index);
    if (here == node->count()) {
      // Not erase_in: it would uncompress a new end node that may be the next to go.
      unlink(node);
      size_ -= here;
    } else {
      erase_in(node, index, here);
    }
    n -= here;
    index = 0;
    node = next;
  }
  settle(nullptr);
}

size_t QuickList::remove(std::string_view text, size_t limit, ListEnd from) {
  ElementMatcher matches(text);
  NodeReader reader;
  size_t removed = 0;
  const bool forward = from == ListEnd::kHead;
  QuickListNode* next = nullptr;
  for (QuickListNode* node = forward ? head_ : tail_; node != nullptr && removed < limit; node = next) {
    next = forward ? node->next : node->previous;
    size_t found = 0;
    auto count = [&](const Element& element) { return !matches(element) || ++found < limit - removed; };
    visit_node(*node, reader, from, 0, node->count(), count);
    if (found == 0) continue;
    removed += found;
    if (found == node->count()) {
      erase_in(node, 0, found);
      continue;
    }
    size_ -= found;
    node->decompress();
    node->edit([&](Listpack& listpack) {
      Listpack::Position at = forward ? listpack.first() : listpack.last();
      while (found > 0) {
        // Backwards, what comes next stands before the erased element and does not move.
        Listpack::Position before = forward ? Listpack::kNone : listpack.previous(at);
        bool hit = matches(listpack.get(at));
        if (hit) {
          at = listpack.erase(at);
          found--;
        }
        if (!forward) {
          at = before;
        } else if (!hit) {
          at = listpack.next(at);
        }
      }
    });
    if (node != head_ && node != tail_) node->fit();
    settle(node);
  }
  return removed;
}

// --- splitting and merging ---

// Elements from `index` on move to a new node behind; returns it. Both are left uncompressed.
// [task 2.3] Cut a node in two.
QuickListNode* QuickList::split(QuickListNode* node, size_t index) {
  node->decompress();
  Listpack second = Listpack::copy_of(node->bytes());
  second.erase_range(0, index);
  second.shrink_to_fit();
  node->edit([&](Listpack& listpack) { listpack.erase_range(static_cast<int64_t>(index), node->count() - index); });
  QuickListNode* added = QuickListNode::packed(second);
  link(added, node, true);
  return added;
}

// Pairs of neighbours around a node that was split, those farther out first.
// [task 2.3] Merge small neighbours after a split.
void QuickList::merge_around(QuickListNode* center) {
  QuickListNode* previous = center->previous;
  QuickListNode* next = center->next;
  if (previous != nullptr && may_merge(previous->previous, previous)) merge(previous->previous, previous);
  if (next != nullptr && may_merge(next, next->next)) merge(next, next->next);
  if (may_merge(center->previous, center)) center = merge(center->previous, center);
  if (may_merge(center, center->next)) merge(center, center->next);
}

QuickListNode* QuickList::merge(QuickListNode* a, QuickListNode* b) {
  a->decompress();
  b->decompress();
  a->edit([b](Listpack& listpack) { listpack.append_all(Listpack(const_cast<uint8_t*>(b->bytes().data()))); });
  unlink(b);
  settle(a);
  return a;
}

}  // namespace strata::db
