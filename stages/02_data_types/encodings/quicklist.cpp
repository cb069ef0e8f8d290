#include "02_data_types/encodings/quicklist.h"

#include <algorithm>
#include <array>

#include "02_data_types/encodings/element_slab.h"
#include "common/assert.h"
#include "common/memory.h"

namespace strata::db {

namespace {

constexpr std::array<size_t, 5> kSizeClasses = {4096, 8192, 16384, 32768, 65536};  // of fill -1 .. -5
constexpr size_t kCountedBytes = 8192;  // what a node of a counted fill may take
constexpr size_t kElementOverhead = 8;  // assumed, on top of an element's text
constexpr int64_t kMaxFill = INT16_MAX;
constexpr int64_t kMaxDepth = UINT16_MAX;

}  // namespace

QuickList::QuickList(int64_t fill, int64_t depth)
    : fill_(static_cast<int16_t>(std::clamp<int64_t>(fill, -static_cast<int64_t>(kSizeClasses.size()), kMaxFill))),
      depth_(static_cast<uint16_t>(std::clamp<int64_t>(depth, 0, kMaxDepth))) {}

QuickList::~QuickList() {
  dismantle([](void* block, size_t bytes) { element_slab().free(block, bytes); });
}

QuickList* QuickList::clone() const {
  auto* copy = new QuickList(fill_, depth_);
  for (const QuickListNode* node = head_; node != nullptr; node = node->next) {
    copy->link(QuickListNode::copy_of(*node), copy->tail_, true);
  }
  copy->size_ = size_;
  return copy;
}

size_t QuickList::memory_bytes(size_t samples) const {
  size_t seen = 0;
  size_t bytes = 0;
  for (const QuickListNode* node = head_; node != nullptr && (samples == 0 || seen < samples); node = node->next) {
    bytes += node->memory_bytes();
    seen++;
  }
  return usable_size(this) + (seen == 0 ? 0 : bytes * nodes_ / seen);
}

// --- how much a node may hold ---

size_t QuickList::byte_limit() const {
  return fill_ < 0 ? kSizeClasses[static_cast<size_t>(-fill_ - 1)] : kCountedBytes;
}

bool QuickList::fits(size_t bytes, size_t count) const {
  return bytes <= byte_limit() && (fill_ < 0 || count <= static_cast<size_t>(fill_));
}

bool QuickList::has_room(const QuickListNode* node, std::string_view element) const {
  if (node == nullptr || node->is_plain() || wants_plain(element)) return false;
  return fits(node->size() + element.size() + kElementOverhead, node->count() + 1);
}

bool QuickList::may_merge(const QuickListNode* a, const QuickListNode* b) const {
  if (a == nullptr || b == nullptr || a->is_plain() || b->is_plain()) return false;
  constexpr size_t kFrame = Listpack::kHeaderBytes + 1;  // one of the two goes away
  return fits(a->size() + b->size() - kFrame, a->count() + b->count());
}

// --- the chain ---

QuickListNode* QuickList::new_node(std::string_view element) {
  return wants_plain(element) ? QuickListNode::plain(element) : QuickListNode::packed(element);
}

// `neighbour` may be null in an empty list only. It has now got another node beside it that will grow in its stead.
// [task 2.3] Put a node into the chain, beside another one.
void QuickList::link(QuickListNode* node, QuickListNode* neighbour, bool after) {
  nodes_++;
  if (neighbour == nullptr) {
    head_ = tail_ = node;
    return;
  }
  neighbour->fit();
  node->previous = after ? neighbour : neighbour->previous;
  node->next = after ? neighbour->next : neighbour;
  (node->previous == nullptr ? head_ : node->previous->next) = node;
  (node->next == nullptr ? tail_ : node->next->previous) = node;
}

void QuickList::unlink(QuickListNode* node) {
  (node->previous == nullptr ? head_ : node->previous->next) = node->next;
  (node->next == nullptr ? tail_ : node->next->previous) = node->previous;
  nodes_--;
  QuickListNode::destroy(node);
}

// After a change to the chain or to one node of it (`touched`, may be null): the nodes within `depth` of an end are
// uncompressed, the two behind them and the touched one, if it is deeper, are compressed.
void QuickList::settle(QuickListNode* touched) {
  if (depth_ == 0 || head_ == nullptr) return;
  QuickListNode* forward = head_;
  QuickListNode* backward = tail_;
  bool deep = touched != nullptr;
  for (int i = 0; i < depth_; i++) {
    forward->decompress();
    backward->decompress();
    if (touched == forward || touched == backward) deep = false;
    if (forward == backward || forward->next == backward) return;
    forward = forward->next;
    backward = backward->previous;
  }
  if (deep) touched->compress();
  forward->compress();
  backward->compress();
}

void QuickList::append_node(Listpack listpack) {
  size_t count = listpack.count();
  if (count > QuickListNode::kMaxCount) {
    for (auto at = listpack.first(); at != Listpack::kNone; at = listpack.next(at)) {
      Element::Digits digits;
      push(ListEnd::kTail, listpack.get(at).as_text(digits));
    }
    listpack.destroy();
    return;
  }
  QuickListNode* node = QuickListNode::packed(listpack);
  link(node, tail_, true);
  size_ += count;
  settle(node);
}

void QuickList::append_plain(std::string_view element) {
  QuickListNode* node = QuickListNode::plain(element);
  link(node, tail_, true);
  size_++;
  settle(node);
}

// --- ends ---

// [task 2.3] Push at an end: into its node, or into a new one.
void QuickList::push(ListEnd end, std::string_view element) {
  QuickListNode* node = end == ListEnd::kHead ? head_ : tail_;
  if (has_room(node, element)) {
    node->push(end, element, byte_limit());
  } else {
    link(new_node(element), node, end == ListEnd::kTail);
    settle(node);
  }
  size_++;
}

// [task 2.3] Pop from an end, and drop a node that becomes empty.
void QuickList::pop(ListEnd end) {
  STRATA_ASSERT(!empty(), "pop from an empty list");
  QuickListNode* node = end == ListEnd::kHead ? head_ : tail_;
  if (node->count() > 1) {
    node->pop(end);
  } else {
    unlink(node);
    settle(nullptr);
  }
  size_--;
}

// --- reading ---

// [task 2.3] Find the node and the place in it of an index, from the nearer end.
QuickList::Place QuickList::place_of(size_t index) const {
  if (index < size_ / 2) {
    QuickListNode* node = head_;
    for (; index >= node->count(); node = node->next) index -= node->count();
    return {node, index};
  }
  QuickListNode* node = tail_;
  size_t behind = size_ - index;  // elements from here to the tail
  for (; behind > node->count(); node = node->previous) behind -= node->count();
  return {node, node->count() - behind};
}

bool QuickList::at(int64_t index, NodeReader& reader, Element* out) const {
  auto size = static_cast<int64_t>(size_);
  if (index < 0) index += size;
  if (index < 0 || index >= size) return false;
  Place place = place_of(static_cast<size_t>(index));
  // From the nearer end of the node.
  bool front = place.index < place.node->count() / 2;
  auto take = [out](const Element& element) { *out = element; };
  if (front) {
    visit_node(*place.node, reader, ListEnd::kHead, place.index, 1, take);
  } else {
    visit_node(*place.node, reader, ListEnd::kTail, place.node->count() - 1 - place.index, 1, take);
  }
  return true;
}

}  // namespace strata::db
