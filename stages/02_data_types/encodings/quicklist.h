// A quicklist: the elements of a list in a doubly linked chain of listpacks (quicklist_node.h).
//
//   head                                                             tail
//   [a b c d] <-> [e f g h] <-> (lzf) <-> (lzf) <-> [one huge] <-> [w x y]
//
// A node is a compromise: large enough that its links weigh nothing, small enough that a change in its middle moves few
// bytes. `fill` says where it lies: -1 .. -5 stand for nodes of at most 4, 8, 16, 32 or 64 KiB, a positive number for
// that many elements in at most 8 KiB. One element may be larger than that; it then has a node to itself. `depth` is
// how many nodes at each end stay uncompressed; 0: all of them.
//
// Where nodes are cut, split and merged is decided as Redis 7.0 decides it, so both have the same nodes after the same
// commands: DEBUG OBJECT shows them, and a snapshot writes them out one by one.
//
// Invariants: no node is empty; head and tail are never compressed; size() is the sum of the nodes' counts. Elements
// and nodes that are handed out are borrowed until the next change. Not thread safe; dismantle() alone may run in
// another thread than the one that built the list.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "02_data_types/encodings/quicklist_node.h"
#include "02_data_types/values/element.h"

namespace strata::db {

class QuickList {
 public:
  // Out of range values of either are brought into range, as Redis does.
  QuickList(int64_t fill, int64_t depth);
  ~QuickList();
  QuickList(const QuickList&) = delete;
  QuickList& operator=(const QuickList&) = delete;
  QuickList* clone() const;  // deep; compressed nodes stay compressed

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  size_t node_count() const { return nodes_; }
  int fill() const { return fill_; }
  int depth() const { return depth_; }
  const QuickListNode* head() const { return head_; }
  const QuickListNode* tail() const { return tail_; }
  // Bytes of everything in memory; with `samples`, from that many nodes, 0: all of them.
  size_t memory_bytes(size_t samples = 0) const;

  // --- ends ---
  void push(ListEnd end, std::string_view element);
  Element peek(ListEnd end) const { return (end == ListEnd::kHead ? head_ : tail_)->end(end); }  // not of an empty list
  void pop(ListEnd end);

  // --- reading; an index below zero counts from the tail ---
  // False when the index is out of range. The element may live in `reader`.
  bool at(int64_t index, NodeReader& reader, Element* out) const;
  // Shows `n` elements to visit(const Element&), beginning with the one that is `skip` elements away from `from`, away
  // from that end. A visitor that returns a bool ends the walk with false.
  template <class Visit>
  void visit(ListEnd from, size_t skip, size_t n, Visit visit) const;

  // --- changing inside ---
  bool set(int64_t index, std::string_view element);  // false: out of range
  // Beside the first element from the head that equals `pivot`; false when there is none.
  bool insert(std::string_view pivot, bool after, std::string_view element);
  // Removes up to `limit` elements that equal `text`, searching away from `from`; returns how many.
  size_t remove(std::string_view text, size_t limit, ListEnd from);
  void erase(size_t index, size_t n);  // within the list

  // --- nodes from a snapshot, at the tail ---
  void append_node(Listpack listpack);  // validated, not empty; its block is the list's from now on
  void append_plain(std::string_view element);

  // Takes everything apart: nodes go to release(void* block, size_t bytes), other memory is freed. Empty afterwards.
  template <class Release>
  void dismantle(Release release);

  // Elements of this size and more get a plain node of their own (DEBUG QUICKLIST-PACKED-THRESHOLD).
  static constexpr size_t kDefaultPlainBytes = 1ull << 30;
  // Larger values than the default count as the default: a listpack could not hold such elements.
  static void set_plain_bytes(size_t bytes) { plain_bytes_ = std::min(bytes, kDefaultPlainBytes); }

 private:
  // One element: its node, and which of the node's elements it is.
  struct Place {
    QuickListNode* node = nullptr;
    size_t index = 0;
    bool at_edge(bool after) const { return after ? index + 1 == node->count() : index == 0; }
  };

  static bool wants_plain(std::string_view element) { return element.size() >= plain_bytes_; }
  size_t byte_limit() const;
  bool fits(size_t bytes, size_t count) const;
  bool has_room(const QuickListNode* node, std::string_view element) const;
  bool may_merge(const QuickListNode* a, const QuickListNode* b) const;

  // quicklist.cpp: the chain
  static QuickListNode* new_node(std::string_view element);
  void link(QuickListNode* node, QuickListNode* neighbour, bool after);
  void unlink(QuickListNode* node);  // and ends it
  void settle(QuickListNode* touched);
  Place place_of(size_t index) const;

  // quicklist_edit.cpp: changes inside
  Place find(std::string_view text) const;
  void insert_at(Place place, bool after, std::string_view element);
  void insert_alone(Place place, bool after, std::string_view element);
  void replace_at(Place place, std::string_view element);
  void erase_in(QuickListNode* node, size_t index, size_t n);
  QuickListNode* split(QuickListNode* node, size_t index);
  void merge_around(QuickListNode* center);
  QuickListNode* merge(QuickListNode* a, QuickListNode* b);

  // quicklist_walk.h
  template <class Visit>
  static bool visit_node(const QuickListNode& node, NodeReader& reader, ListEnd from, size_t skip, size_t n,
                         Visit& visit);

  QuickListNode* head_ = nullptr;
  QuickListNode* tail_ = nullptr;
  size_t size_ = 0;
  uint32_t nodes_ = 0;
  int16_t fill_;
  uint16_t depth_;
  static inline size_t plain_bytes_ = kDefaultPlainBytes;
};

}  // namespace strata::db

#include "02_data_types/encodings/quicklist_walk.h"  // the templates
