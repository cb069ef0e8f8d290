// A skip list: nodes in order of (score, member), with express lanes above, as W. Pugh described it ("Skip Lists: A
// Probabilistic Alternative to Balanced Trees", 1990). A quarter of the nodes of a lane also stand on the one above.
//
//   head -------------------------> c ------------> end      lane 1: each link knows how many steps it spans,
//   head --> a --------> b -------> c ----> d ----> end      lane 0   so that a walk knows the rank it has reached
//
// Finding a place, a member's rank or the member at a rank all walk down the same stairs, in O(log n). Ranks count from 0.
// Nodes are owned: those that are inserted come from element_slab() and go back there. Not thread safe.
#pragma once

#include <cstdint>
#include <string_view>

#include "02_data_types/encodings/element_slab.h"
#include "02_data_types/encodings/skip_list_node.h"
#include "common/prefetch.h"

namespace strata::db {

// The order of sorted sets: by score, then by the bytes of the member.
inline bool ordered_before(double score, std::string_view member, double other_score, std::string_view other) {
  return score < other_score || (score == other_score && member < other);
}

class SkipList {
 public:
  using Node = SkipListNode;

  SkipList();
  ~SkipList() {
    if (head_ != nullptr) dismantle([](void* block, size_t bytes) { element_slab().free(block, bytes); });
  }
  SkipList(const SkipList&) = delete;
  SkipList& operator=(const SkipList&) = delete;

  size_t size() const { return size_; }
  Node* first() const { return head_->next(); }
  Node* last() const { return last_; }
  size_t head_bytes() const { return head_->block_bytes(); }

  // A node with a random number of levels, not in the list yet.
  static Node* make(double score, std::string_view member);
  void insert(Node* node);
  void insert_first(Node* node);  // one that belongs in front of all others: no walk
  void take_out(Node* node);      // the node is the caller's again
  Node* take_first();             // in O(1); the list must not be empty
  void set_score(Node* node, double score);

  size_t rank_of(const Node* node) const;
  Node* at(size_t rank) const;  // `rank` below size()

  // How many nodes, from the front, satisfy `before(const Node&)`, which must hold for a first part of the list and for
  // none behind it.
  template <class Before>
  size_t count_while(Before before) const {
    return walk([&](const Node* node, size_t) { return before(*node); }, nullptr).rank;
  }

  // Takes out `n` nodes from `rank` on; each is shown to gone(Node*), which may free it.
  template <class Gone>
  void take_out(size_t rank, size_t n, Gone gone) {
    Path path;
    walk([&](const Node*, size_t reached) { return reached <= rank; }, &path);
    for (; n > 0; n--) {
      Node* node = path.node[0]->next();
      unlink(node, path);
      gone(node);
    }
  }

  // Gives every block to release(void*, bytes). Only destruction may follow.
  template <class Release>
  void dismantle(Release release) {
    for (Node* node = head_; node != nullptr;) {
      Node* following = node->next();
      release(node, node->block_bytes());
      node = following;
    }
    head_ = last_ = nullptr;
    size_ = 0;
  }

 private:
  // Where a walk came down on each level, and the rank (counted from 1; the head has 0) of that node.
  struct Path {
    Node* node[Node::kMaxLevels];
    size_t rank[Node::kMaxLevels];
  };
  struct Stop {
    Node* node;
    size_t rank;
  };

  // A walk as far as `before(node, rank from 1)` holds, a step at a time. Each step waits for the memory of one node, so
  // what the next one may need is asked for early: the next node of this level and the first of the level below.
  template <class Before>
  class Walk {
   public:
    Walk(const SkipList& list, Before before, Path* path)
        : before_(before), path_(path), at_(list.head_), level_(list.levels_ - 1) {}

    // False when it has come to its end.
    // [task 2.4] Walk down the levels, adding up spans.
    bool step() {
      Node* next = at_->next(level_);
      if (next != beyond_) {
        size_t reached = rank_ + at_->span(level_);
        if (before_(next, reached)) {
          at_ = next;
          rank_ = reached;
          prefetch(at_->next(level_));
          if (level_ > 0) prefetch(at_->next(level_ - 1));
          return true;
        }
        beyond_ = next;
      }
      if (path_ != nullptr) {
        path_->node[level_] = at_;
        path_->rank[level_] = rank_;
      }
      if (level_ == 0) return false;
      level_--;
      if (level_ > 0) prefetch(at_->next(level_ - 1));
      return true;
    }
    Stop stop() const { return {at_, rank_}; }

   private:
    Before before_;
    Path* path_;
    Node* at_;
    size_t rank_ = 0;
    unsigned level_;
    const Node* beyond_ = nullptr;  // known not to be before: need not be looked at again on a lower level
  };

  template <class Before>
  Stop walk(Before before, Path* path) const {
    Walk walk(*this, before, path);
    while (walk.step()) {
    }
    return walk.stop();
  }

  void path_to(const Node* node, Path& path) const;
  void move(Node* node, double score);
  void link(Node* node, const Path& path);
  void unlink(Node* node, const Path& path);
  void path_at_front(Path& path) const;

  Node* head_;  // of no member, on all levels
  Node* last_ = nullptr;
  size_t size_ = 0;
  unsigned levels_ = 1;  // those in use
};

}  // namespace strata::db
