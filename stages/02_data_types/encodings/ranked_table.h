// A large sorted set: its members in order (a skip list) and by name (a hash table), both over the same nodes.
//
//   index: hash table --references--> nodes <--links-- order: skip list
//
// A member and its score are kept once; the index adds about nine bytes to each.
#pragma once

#include <string_view>

#include "01_resp_server/db/table.h"
#include "02_data_types/encodings/skip_list.h"

namespace strata::db {

class RankedTable {
 public:
  using Node = SkipListNode;
  struct Traits {
    using Item = Node;
    static std::string_view key(const Node* node) { return node->member(); }
  };

  RankedTable() : index_(element_slab()) {}

  size_t size() const { return index_.size(); }
  const SkipList& order() const { return order_; }
  const Table<Traits>& index() const { return index_; }
  // Everything but the nodes.
  size_t overhead_bytes() const { return sizeof *this + order_.head_bytes() + index_.memory_bytes(); }

  Node* find(std::string_view member, Hash hash) const {
    auto at = index_.find(member, hash);
    return at ? at.item() : nullptr;
  }
  Node* find(std::string_view member) const { return find(member, hash_of(member)); }

  void reserve(size_t members) { index_.reserve(members); }  // before the first one
  // Adds a member that is not there.
  void insert(double score, std::string_view member, Hash hash) {
    Node* node = SkipList::make(score, member);
    order_.insert(node);
    index_.insert(node, hash);
  }
  // The same for one that belongs in front of all others.
  void insert_first(double score, std::string_view member) {
    Node* node = SkipList::make(score, member);
    order_.insert_first(node);
    index_.insert(node, hash_of(member));
  }
  void set_score(Node* node, double score) { order_.set_score(node, score); }

  bool remove(std::string_view member) {
    Hash hash = hash_of(member);
    auto at = index_.find(member, hash);
    if (!at) return false;
    Node* node = index_.remove(at, hash);
    order_.take_out(node);
    node->destroy(element_slab());
    return true;
  }

  // Removes `n` members from `rank` on.
  void remove(size_t rank, size_t n) {
    if (rank == 0) {
      for (; n > 0; n--) forget(order_.take_first());
    } else {
      order_.take_out(rank, n, [this](Node* node) { forget(node); });
    }
  }

  // Filling with members in any order, whose scores may still change: first all of them go into the index, then the order
  // is made once. In between only
  // find() may be called.
  Node* add_unordered(double score, std::string_view member, Hash hash) {
    Node* node = SkipList::make(score, member);
    index_.insert(node, hash);
    return node;
  }
  void discard_unordered(std::string_view member);
  void order_all();

  // Gives every block of the element slab to release(void*, bytes), frees the rest. Only destruction may follow.
  template <class Release>
  void dismantle(Release release) {
    index_.clear(release);
    order_.dismantle(release);
  }

 private:
  // Of a node that the list has let go.
  void forget(Node* node) {
    Hash hash = hash_of(node->member());
    index_.remove(index_.find(node->member(), hash), hash);
    node->destroy(element_slab());
  }

  SkipList order_;
  Table<Traits> index_;
};

}  // namespace strata::db
