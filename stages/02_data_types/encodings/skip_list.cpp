#include "02_data_types/encodings/skip_list.h"

#include <algorithm>
#include <bit>

#include "common/random.h"

namespace strata::db {

SkipList::SkipList() : head_(Node::create(element_slab(), 0, {}, Node::kMaxLevels)) {}

SkipListNode* SkipList::make(double score, std::string_view member) {
  // Two random bits decide about each further level: both are zero in one case of four.
  unsigned levels = 1 + static_cast<unsigned>(std::countr_zero(thread_random().next())) / 2;
  return Node::create(element_slab(), score, member, std::min(levels, Node::kMaxLevels));
}

// The path of the place of this node, whether or not it stands there.
void SkipList::path_to(const Node* node, Path& path) const {
  double score = node->score();
  std::string_view member = node->member();
  walk([&](const Node* other, size_t) { return ordered_before(other->score(), other->member(), score, member); },
       &path);
}

void SkipList::path_at_front(Path& path) const {
  std::fill_n(path.node, levels_, head_);
  std::fill_n(path.rank, levels_, 0);
}

// [task 2.4] Link a node on all its levels and correct every span.
void SkipList::link(Node* node, const Path& path) {
  size_t rank = path.rank[0];  // of the node in front
  for (unsigned level = 0; level < std::min(levels_, node->levels()); level++) {
    Node* before = path.node[level];
    size_t distance = rank - path.rank[level];
    node->set_next(level, before->next(level));
    node->set_span(level, before->span(level) - distance);
    before->set_next(level, node);
    before->set_span(level, distance + 1);
  }
  for (; levels_ < node->levels(); levels_++) {
    node->set_next(levels_, nullptr);
    node->set_span(levels_, size_ - rank);
    head_->set_next(levels_, node);
    head_->set_span(levels_, rank + 1);
  }
  for (unsigned level = node->levels(); level < levels_; level++) {
    path.node[level]->set_span(level, path.node[level]->span(level) + 1u);
  }
  Node* previous = path.node[0];
  node->set_previous(previous == head_ ? nullptr : previous);
  if (Node* next = node->next()) {
    next->set_previous(node);
  } else {
    last_ = node;
  }
  size_++;
}

// [task 2.4] Unlink a node from all levels and correct every span.
void SkipList::unlink(Node* node, const Path& path) {
  for (unsigned level = 0; level < levels_; level++) {
    Node* before = path.node[level];
    if (level < node->levels()) {
      before->set_next(level, node->next(level));
      before->set_span(level, before->span(level) + node->span(level) - 1u);
    } else {
      before->set_span(level, before->span(level) - 1u);
    }
  }
  if (Node* next = node->next()) {
    next->set_previous(node->previous());
  } else {
    last_ = node->previous();
  }
  while (levels_ > 1 && head_->next(levels_ - 1) == nullptr) levels_--;
  size_--;
}

void SkipList::insert(Node* node) {
  Path path;
  path_to(node, path);
  link(node, path);
}

void SkipList::insert_first(Node* node) {
  Path path;
  path_at_front(path);
  link(node, path);
}

void SkipList::take_out(Node* node) {
  Path path;
  path_to(node, path);
  unlink(node, path);
}

SkipListNode* SkipList::take_first() {
  Path path;
  path_at_front(path);
  Node* node = first();
  unlink(node, path);
  return node;
}

// [task 2.4] Change a score: a node that keeps its place need not move.
void SkipList::set_score(Node* node, double score) {
  std::string_view member = node->member();
  const Node* previous = node->previous();
  const Node* next = node->next();
  bool stays = (previous == nullptr || ordered_before(previous->score(), previous->member(), score, member)) &&
               (next == nullptr || ordered_before(score, member, next->score(), next->member()));
  if (stays) {
    node->set_score(score);
  } else {
    move(node, score);
  }
}

// The way to where the node stands and the way to where it belongs are walked together: in a large list each is a chain
// of cache misses, and those of the two overlap.
void SkipList::move(Node* node, double score) {
  auto before = [member = node->member()](double bound) {
    return [member, bound](const Node* other, size_t) {
      return ordered_before(other->score(), other->member(), bound, member);
    };
  };
  Path from;
  Path to;
  Walk walk_from(*this, before(node->score()), &from);
  Walk walk_to(*this, before(score), &to);
  bool more_from = true;
  bool more_to = true;
  while (more_from || more_to) {
    if (more_from) more_from = walk_from.step();
    if (more_to) more_to = walk_to.step();
  }
  size_t rank = from.rank[0] + 1;  // of the node, from 1
  unsigned levels = levels_;
  unlink(node, from);
  // The second way was found while the node was still there.
  for (unsigned level = 0; level < levels; level++) {
    if (to.node[level] == node) {
      to.node[level] = from.node[level];
      to.rank[level] = from.rank[level];
    } else if (to.rank[level] > rank) {
      to.rank[level]--;
    }
  }
  node->set_score(score);
  link(node, to);
}

// [task 2.4] Tell how many nodes stand in front of one.
size_t SkipList::rank_of(const Node* node) const {
  double score = node->score();
  std::string_view member = node->member();
  return count_while([&](const Node& other) { return ordered_before(other.score(), other.member(), score, member); });
}

SkipListNode* SkipList::at(size_t rank) const {
  return walk([&](const Node*, size_t reached) { return reached <= rank + 1; }, nullptr).node;
}

}  // namespace strata::db
