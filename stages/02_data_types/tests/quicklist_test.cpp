// QuickList against a std::deque: random operations in every shape of nodes, and the invariants between them.
#include "02_data_types/encodings/quicklist.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

#include "02_data_types/encodings/element_slab.h"
#include "common/random.h"

namespace strata::db {
namespace {

std::string text_of(const Element& element) {
  Element::Digits digits;
  return std::string(element.as_text(digits));
}

std::vector<std::string> contents(const QuickList& list, ListEnd from = ListEnd::kHead) {
  std::vector<std::string> out;
  list.visit(from, 0, list.size(), [&](const Element& element) { out.push_back(text_of(element)); });
  return out;
}

std::vector<size_t> node_counts(const QuickList& list) {
  std::vector<size_t> out;
  for (auto* node = list.head(); node != nullptr; node = node->next) out.push_back(node->count());
  return out;
}

// What must hold between any two changes.
void check(const QuickList& list) {
  size_t count = 0;
  size_t nodes = 0;
  const QuickListNode* previous = nullptr;
  for (auto* node = list.head(); node != nullptr; previous = node, node = node->next) {
    ASSERT_EQ(node->previous, previous);
    ASSERT_GT(node->count(), 0u);
    NodeReader reader;
    auto bytes = reader.open(*node);
    ASSERT_EQ(bytes.size(), node->size());
    if (!node->is_plain()) {
      ASSERT_TRUE(Listpack::validate(bytes, true));
      ASSERT_EQ(reader.listpack(*node).count(), node->count());
    }
    bool outer = list.depth() == 0 || nodes < static_cast<size_t>(list.depth()) ||
                 list.node_count() - nodes <= static_cast<size_t>(list.depth());
    if (outer) {
      ASSERT_FALSE(node->is_compressed());
    }
    count += node->count();
    nodes++;
  }
  ASSERT_EQ(list.tail(), previous);
  ASSERT_EQ(count, list.size());
  ASSERT_EQ(nodes, list.node_count());
}

void fill_numbered(QuickList& list, int n) {
  for (int i = 0; i < n; i++) list.push(ListEnd::kTail, std::to_string(i));
}

class PlainThreshold {
 public:
  explicit PlainThreshold(size_t bytes) { QuickList::set_plain_bytes(bytes); }
  ~PlainThreshold() { QuickList::set_plain_bytes(QuickList::kDefaultPlainBytes); }
};

TEST(QuickList, PushesAndPopsAtBothEnds) {
  QuickList list(-2, 0);
  list.push(ListEnd::kTail, "b");
  list.push(ListEnd::kTail, "17");
  list.push(ListEnd::kHead, "a");
  EXPECT_EQ(contents(list), (std::vector<std::string>{"a", "b", "17"}));
  EXPECT_EQ(contents(list, ListEnd::kTail), (std::vector<std::string>{"17", "b", "a"}));
  EXPECT_TRUE(list.peek(ListEnd::kTail).is_number);
  list.pop(ListEnd::kHead);
  EXPECT_EQ(text_of(list.peek(ListEnd::kHead)), "b");
  list.pop(ListEnd::kTail);
  list.pop(ListEnd::kTail);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.head(), nullptr);
}

TEST(QuickList, ACountedFillCutsNodes) {
  QuickList list(3, 0);
  fill_numbered(list, 8);
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{3, 3, 2}));
  list.push(ListEnd::kHead, "x");
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{1, 3, 3, 2}));
}

TEST(QuickList, ACountedFillIsLimitedToEightKilobytesToo) {
  QuickList list(100, 0);
  std::string element(3000, 'x');
  for (int i = 0; i < 5; i++) list.push(ListEnd::kTail, element);
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{2, 2, 1}));
}

TEST(QuickList, SizeClasses) {
  for (auto [fill, bytes] : {std::pair{-1, 4096}, {-2, 8192}, {-3, 16384}, {-4, 32768}, {-5, 65536}, {-9, 65536}}) {
    QuickList list(fill, 0);
    for (int i = 0; i < 10000; i++) list.push(ListEnd::kTail, std::string_view("twenty bytes of text"));
    EXPECT_LE(list.head()->size(), static_cast<size_t>(bytes));
    EXPECT_GT(list.head()->size(), static_cast<size_t>(bytes) - 40);
    check(list);
  }
}

TEST(QuickList, AnElementAboveTheLimitHasAPackedNodeToItself) {
  QuickList list(-1, 0);
  std::string large(5000, 'x');
  list.push(ListEnd::kTail, "a");
  list.push(ListEnd::kTail, large);
  list.push(ListEnd::kTail, "b");
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{1, 1, 1}));
  EXPECT_FALSE(list.head()->next->is_plain());
}

TEST(QuickList, HugeElementsArePlainNodes) {
  PlainThreshold threshold(10);
  QuickList list(-2, 0);
  list.push(ListEnd::kTail, "a");
  list.push(ListEnd::kTail, "0123456789");
  list.push(ListEnd::kTail, "b");
  list.push(ListEnd::kTail, "c");
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{1, 1, 2}));
  EXPECT_TRUE(list.head()->next->is_plain());
  // Into the middle of a node: it is cut.
  ASSERT_TRUE(list.insert("c", false, "abcdefghijkl"));
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{1, 1, 1, 1, 1}));
  // Replaced by something small, which goes to the next node.
  ASSERT_TRUE(list.set(1, "small"));
  EXPECT_EQ(contents(list), (std::vector<std::string>{"a", "small", "b", "abcdefghijkl", "c"}));
  check(list);
}

TEST(QuickList, InsertionSplitsAFullNodeAndMergesWhatIsSmall) {
  QuickList list(4, 0);
  fill_numbered(list, 12);
  ASSERT_TRUE(list.insert("5", true, "x"));
  EXPECT_EQ(contents(list),
            (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "x", "6", "7", "8", "9", "10", "11"}));
  check(list);
  ASSERT_FALSE(list.insert("nobody", true, "x"));
}

TEST(QuickList, InsertionNextToAFullNodeUsesTheNeighbour) {
  QuickList list(2, 0);
  fill_numbered(list, 3);  // [0 1] [2]
  ASSERT_TRUE(list.insert("1", true, "x"));
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{2, 2}));
  ASSERT_TRUE(list.insert("0", false, "y"));
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{1, 2, 2}));
  EXPECT_EQ(contents(list), (std::vector<std::string>{"y", "0", "1", "x", "2"}));
}

TEST(QuickList, RemovesFromEitherEndUpToALimit) {
  for (int depth : {0, 1}) {
    QuickList list(3, depth);
    for (const char* each : {"x", "1", "x", "x", "2", "x", "x", "x", "x", "3"}) list.push(ListEnd::kTail, each);
    EXPECT_EQ(list.remove("x", 2, ListEnd::kHead), 2u);
    EXPECT_EQ(contents(list), (std::vector<std::string>{"1", "x", "2", "x", "x", "x", "x", "3"}));
    EXPECT_EQ(list.remove("x", 3, ListEnd::kTail), 3u);
    EXPECT_EQ(contents(list), (std::vector<std::string>{"1", "x", "2", "x", "3"}));
    EXPECT_EQ(list.remove("2", 9, ListEnd::kTail), 1u);
    EXPECT_EQ(list.remove("x", SIZE_MAX, ListEnd::kHead), 2u);
    EXPECT_EQ(contents(list), (std::vector<std::string>{"1", "3"}));
    check(list);
  }
}

TEST(QuickList, VisitsPartsFromBothEnds) {
  QuickList list(3, 1);
  fill_numbered(list, 20);
  for (size_t skip = 0; skip < 22; skip++) {
    for (size_t n : {1u, 2u, 5u, 30u}) {
      std::vector<std::string> forward;
      list.visit(ListEnd::kHead, skip, n, [&](const Element& element) { forward.push_back(text_of(element)); });
      std::vector<std::string> backward;
      list.visit(ListEnd::kTail, skip, n, [&](const Element& element) { backward.push_back(text_of(element)); });
      size_t expected = skip >= 20 ? 0 : std::min<size_t>(n, 20 - skip);
      ASSERT_EQ(forward.size(), expected);
      ASSERT_EQ(backward.size(), expected);
      for (size_t i = 0; i < expected; i++) {
        ASSERT_EQ(forward[i], std::to_string(skip + i));
        ASSERT_EQ(backward[i], std::to_string(19 - skip - i));
      }
    }
  }
}

TEST(QuickList, NodesDeepInsideAreCompressed) {
  QuickList list(-1, 2);
  std::string element(100, 'a');
  for (int i = 0; i < 1000; i++) list.push(ListEnd::kTail, element + std::to_string(i));
  ASSERT_GT(list.node_count(), 8u);
  size_t position = 0;
  for (auto* node = list.head(); node != nullptr; node = node->next, position++) {
    bool outer = position < 2 || position + 2 >= list.node_count();
    EXPECT_EQ(node->is_compressed(), !outer) << position;
  }
  // A change inside leaves it so, reading too.
  ASSERT_TRUE(list.set(500, "changed"));
  NodeReader reader;
  Element found;
  ASSERT_TRUE(list.at(-500, reader, &found));
  EXPECT_EQ(text_of(found), "changed");
  while (list.node_count() > 4) list.pop(ListEnd::kHead);
  for (auto* node = list.head(); node != nullptr; node = node->next) EXPECT_FALSE(node->is_compressed());
  check(list);
}

TEST(QuickList, IncompressibleNodesStayAsTheyAre) {
  QuickList list(4, 1);
  Random random(7);
  for (int i = 0; i < 40; i++) {
    std::string noise(20, '\0');
    for (char& c : noise) c = static_cast<char>(random.next());
    list.push(ListEnd::kTail, noise);
  }
  for (auto* node = list.head(); node != nullptr; node = node->next) EXPECT_FALSE(node->is_compressed());
  check(list);
}

TEST(QuickList, CloneAndDismantle) {
  PlainThreshold threshold(300);
  QuickList list(5, 1);
  for (int i = 0; i < 100; i++) list.push(ListEnd::kTail, std::string(static_cast<size_t>(i * 5), 'c'));
  QuickList* copy = list.clone();
  EXPECT_EQ(contents(*copy), contents(list));
  check(*copy);
  size_t released = 0;
  size_t nodes = list.node_count();
  list.dismantle([&](void* block, size_t bytes) {
    released++;
    element_slab().free(block, bytes);
  });
  EXPECT_EQ(released, nodes);
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(contents(*copy).size(), 100u);
  delete copy;
}

TEST(QuickList, TakesNodesAsASnapshotHasThem) {
  QuickList list(2, 0);
  Listpack listpack = Listpack::create();
  for (int i = 0; i < 5; i++) listpack.append(int64_t{i});
  list.append_node(listpack);
  list.append_plain("plain");
  EXPECT_EQ(node_counts(list), (std::vector<size_t>{5, 1}));
  Listpack crowd = Listpack::create();
  for (int i = 0; i < 70000; i++) crowd.append(int64_t{1});
  list.append_node(crowd);
  EXPECT_EQ(list.size(), 70006u);
  check(list);
}

// Any sequence of operations leaves what a deque has after the same.
class QuickListModel : public testing::TestWithParam<std::tuple<int, int, size_t>> {};

TEST_P(QuickListModel, BehavesAsADeque) {
  auto [fill, depth, threshold_bytes] = GetParam();
  PlainThreshold threshold(threshold_bytes);
  Random random(static_cast<uint64_t>(fill * 31 + depth));
  QuickList list(fill, depth);
  std::deque<std::string> model;
  auto below = [&](size_t n) { return static_cast<size_t>(random.next() % n); };
  auto element = [&]() -> std::string {
    switch (below(6)) {
      case 0:
        return std::to_string(static_cast<int64_t>(random.next()) >> below(64));
      case 1:
        return std::string(below(300), static_cast<char>('a' + below(26)));
      case 2:
        return std::string(below(3000), static_cast<char>('a' + below(26)));
      default:
        return std::string(1, static_cast<char>('a' + below(4)));
    }
  };
  for (int i = 0; i < 4000; i++) {
    size_t what = below(100);
    if (model.size() > 400) what = 60 + below(12);
    if (what < 25) {
      model.push_back(element());
      list.push(ListEnd::kTail, model.back());
    } else if (what < 50) {
      model.push_front(element());
      list.push(ListEnd::kHead, model.front());
    } else if (model.empty()) {
      continue;
    } else if (what < 60) {
      model.pop_front();
      list.pop(ListEnd::kHead);
    } else if (what < 68) {
      model.pop_back();
      list.pop(ListEnd::kTail);
    } else if (what < 72) {
      size_t index = below(model.size());
      size_t n = below(std::min<size_t>(model.size() - index, 12) + 1);
      list.erase(index, n);
      auto from = model.begin() + static_cast<ptrdiff_t>(index);
      model.erase(from, from + static_cast<ptrdiff_t>(n));
    } else if (what < 80) {
      size_t index = below(model.size());
      model[index] = element();
      int64_t signed_index = static_cast<int64_t>(index) - (below(2) == 0 ? static_cast<int64_t>(model.size()) : 0);
      ASSERT_TRUE(list.set(signed_index, model[index]));
    } else if (what < 95) {
      std::string pivot = model[below(model.size())];
      bool after = below(2) == 0;
      std::string added = element();
      ASSERT_TRUE(list.insert(pivot, after, added));
      auto at = std::find(model.begin(), model.end(), pivot);
      model.insert(after ? at + 1 : at, added);
    } else {
      std::string victim = model[below(model.size())];
      size_t limit = 1 + below(10);
      bool forward = below(2) == 0;
      size_t removed = 0;
      for (size_t k = 0; k < model.size() && removed < limit;) {
        size_t index = forward ? k : model.size() - 1 - k;
        if (model[index] == victim) {
          model.erase(model.begin() + static_cast<ptrdiff_t>(index));
          removed++;
        } else {
          k++;
        }
      }
      ASSERT_EQ(list.remove(victim, limit, forward ? ListEnd::kHead : ListEnd::kTail), removed);
    }
    ASSERT_EQ(list.size(), model.size());
    if (i % 16 == 0) {
      ASSERT_EQ(contents(list), std::vector<std::string>(model.begin(), model.end()));
      check(list);
    }
    if (!model.empty()) {
      size_t index = below(model.size());
      NodeReader reader;
      Element found;
      ASSERT_TRUE(list.at(static_cast<int64_t>(index), reader, &found));
      ASSERT_EQ(text_of(found), model[index]);
    }
  }
  ASSERT_EQ(contents(list, ListEnd::kTail), std::vector<std::string>(model.rbegin(), model.rend()));
}

INSTANTIATE_TEST_SUITE_P(Shapes, QuickListModel,
                         testing::Combine(testing::Values(-2, -1, 1, 4, 128, 0), testing::Values(0, 1, 3),
                                          testing::Values(QuickList::kDefaultPlainBytes, 200)));

}  // namespace
}  // namespace strata::db
