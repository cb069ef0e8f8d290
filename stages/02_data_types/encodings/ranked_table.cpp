#include "02_data_types/encodings/ranked_table.h"

#include <algorithm>
#include <vector>

namespace strata::db {

void RankedTable::discard_unordered(std::string_view member) {
  Hash hash = hash_of(member);
  auto at = index_.find(member, hash);
  if (at) index_.remove(at, hash)->destroy(element_slab());
}

void RankedTable::order_all() {
  std::vector<Node*> nodes;
  nodes.reserve(index_.size());
  index_.each([&](Node* node) { nodes.push_back(node); });
  std::sort(nodes.begin(), nodes.end(), [](const Node* a, const Node* b) {
    return ordered_before(b->score(), b->member(), a->score(), a->member());
  });
  for (Node* node : nodes) order_.insert_first(node);
}

}  // namespace strata::db
