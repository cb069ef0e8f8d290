// One node of a quicklist: a run of elements in one listpack, or one huge element by itself.
//
//   packed       block_  [ gap | listpack ............ | unused ]        elements are pushed and popped at both ends
//   plain        block_  [ the bytes of the element ]                    it is larger than a listpack may grow
//   compressed   block_  [ LZF of one of these ]                         deep inside a list with list-compress-depth
//
// The gap makes the front as cheap as the back: an element is put before the others and the six bytes of the header
// move, where a listpack that begins at its block would have to move all its elements. Only a node at an end of its
// list has gap and unused bytes worth mentioning: fit() takes them away from a node that has got neighbours on both
// sides. Whatever the block looks like, bytes() is a listpack as a snapshot writes it out.
//
// size() is what the node takes uncompressed. A packed node always holds at least one element while it is in a list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "02_data_types/encodings/listpack.h"
#include "02_data_types/values/element.h"

namespace strata::db {

// Where a list is pushed to, popped from, walked from.
enum class ListEnd : uint8_t { kHead, kTail };

constexpr ListEnd opposite(ListEnd end) { return end == ListEnd::kHead ? ListEnd::kTail : ListEnd::kHead; }

class QuickListNode {
 public:
  static constexpr size_t kMaxCount = 65534;  // a listpack counts exactly up to here

  // Nodes live in element_slab(). `release` has its signature: free(void* block, size_t bytes).
  static QuickListNode* packed(std::string_view first);
  static QuickListNode* packed(Listpack listpack);  // owns its block from now on
  static QuickListNode* plain(std::string_view element);
  static QuickListNode* copy_of(const QuickListNode& other);
  template <class Release>
  static void destroy(QuickListNode* node, Release release) {
    node->free_block();
    release(node, sizeof(QuickListNode));
  }
  static void destroy(QuickListNode* node);

  size_t size() const { return size_; }
  size_t count() const { return count_; }
  bool is_plain() const { return plain_; }
  bool is_compressed() const { return compressed_; }
  // The listpack or the element, or the LZF form of it when the node is compressed.
  std::span<const uint8_t> bytes() const { return {block_ + gap_, is_compressed() ? room_ : size()}; }
  size_t memory_bytes() const;

  // --- while not compressed ---
  Element end(ListEnd end) const;
  void push(ListEnd end, std::string_view element, size_t limit);  // `limit`: bytes the node will hardly outgrow
  void pop(ListEnd end);                                           // never the last element
  // Runs change(Listpack&) on the elements and takes over what has become of them.
  template <class Change>
  void edit(Change change) {
    reshape(0, room_);
    Listpack listpack(block_);
    change(listpack);
    adopt(listpack);
  }
  void fit();  // to its bytes

  // --- LZF ---
  void compress();  // leaves it as it is when little would be gained
  void decompress();

  QuickListNode* previous = nullptr;
  QuickListNode* next = nullptr;

 private:
  QuickListNode() = default;
  static QuickListNode* allocate();
  void adopt(Listpack listpack);
  void free_block();
  void make_room(ListEnd end, size_t bytes, size_t limit);
  void reshape(size_t gap, size_t room);
  void give_back();
  uint8_t* start() { return block_ + gap_; }
  const uint8_t* start() const { return block_ + gap_; }
  void store_header();

  uint8_t* block_ = nullptr;
  size_t size_ = 0;
  uint32_t gap_ = 0;
  uint32_t room_ = 0;  // usable bytes of the block, gap included; bytes of the LZF form. Not kept for plain nodes.
  uint16_t count_ = 0;
  bool plain_ = false;
  bool compressed_ = false;
};
static_assert(sizeof(QuickListNode) == 48);

// The uncompressed bytes of a node, wherever they are: a reader leaves compressed nodes as they are.
class NodeReader {
 public:
  // Valid until the next call, and until the node changes.
  std::span<const uint8_t> open(const QuickListNode& node);
  Listpack listpack(const QuickListNode& node) { return Listpack(const_cast<uint8_t*>(open(node).data())); }

 private:
  std::unique_ptr<uint8_t[]> buffer_;
  size_t capacity_ = 0;
};

}  // namespace strata::db
