#include "02_data_types/encodings/quicklist_node.h"

#include <lzf.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "02_data_types/encodings/element_slab.h"
#include "02_data_types/encodings/listpack_element.h"
#include "common/assert.h"
#include "common/memory.h"
#include "common/numbers.h"

namespace strata::db {

namespace codec = listpack_element;

namespace {

constexpr size_t kEmptyBytes = Listpack::kHeaderBytes + 1;  // of a listpack without elements

uint8_t* allocate_bytes(size_t bytes) {
  auto* block = static_cast<uint8_t*>(std::malloc(std::max<size_t>(bytes, 1)));
  STRATA_ASSERT(block != nullptr, "no memory for {} bytes of a list", bytes);
  return block;
}

// An element as a listpack holds it.
class Encoded {
 public:
  explicit Encoded(std::string_view text) {
    int64_t number = 0;
    if (text.size() < kInt64Chars && parse_int64(text, &number)) {
      prefix_bytes_ = codec::write_number(prefix_, number);
    } else {
      prefix_bytes_ = codec::write_string_prefix(prefix_, text.size());
      tail_ = text;
    }
  }
  size_t bytes() const { return data() + codec::back_length_bytes(data()); }
  void write(uint8_t* to) const {
    std::memcpy(to, prefix_, prefix_bytes_);
    if (!tail_.empty()) std::memcpy(to + prefix_bytes_, tail_.data(), tail_.size());
    codec::write_back_length(to + data(), data());
  }

 private:
  size_t data() const { return prefix_bytes_ + tail_.size(); }

  uint8_t prefix_[codec::kMaxPrefix];
  size_t prefix_bytes_;
  std::string_view tail_;
};

}  // namespace

// --- birth and death ---

QuickListNode* QuickListNode::allocate() {
  return new (element_slab().allocate(sizeof(QuickListNode))) QuickListNode();
}

QuickListNode* QuickListNode::packed(std::string_view first) {
  Encoded encoded(first);
  QuickListNode* node = allocate();
  node->size_ = kEmptyBytes + encoded.bytes();
  node->count_ = 1;
  node->block_ = allocate_bytes(node->size());
  node->room_ = static_cast<uint32_t>(usable_size(node->block_));
  node->store_header();
  encoded.write(node->block_ + Listpack::kHeaderBytes);
  node->block_[node->size_ - 1] = codec::kTerminator;
  return node;
}

QuickListNode* QuickListNode::packed(Listpack listpack) {
  QuickListNode* node = allocate();
  node->adopt(listpack);
  return node;
}

QuickListNode* QuickListNode::plain(std::string_view element) {
  QuickListNode* node = allocate();
  node->block_ = allocate_bytes(element.size());
  if (!element.empty()) std::memcpy(node->block_, element.data(), element.size());
  node->size_ = element.size();
  node->count_ = 1;
  node->plain_ = true;
  return node;
}

QuickListNode* QuickListNode::copy_of(const QuickListNode& other) {
  QuickListNode* node = allocate();
  std::span<const uint8_t> bytes = other.bytes();
  *node = other;
  node->previous = node->next = nullptr;
  node->block_ = allocate_bytes(bytes.size());
  std::memcpy(node->block_, bytes.data(), bytes.size());
  node->gap_ = 0;
  node->room_ = static_cast<uint32_t>(bytes.size());
  return node;
}

void QuickListNode::destroy(QuickListNode* node) {
  destroy(node, [](void* block, size_t bytes) { element_slab().free(block, bytes); });
}

void QuickListNode::free_block() { std::free(block_); }

void QuickListNode::adopt(Listpack listpack) {
  block_ = listpack.block();
  gap_ = 0;
  room_ = static_cast<uint32_t>(usable_size(block_));
  size_ = listpack.total_bytes();
  count_ = static_cast<uint16_t>(listpack.count());
}

size_t QuickListNode::memory_bytes() const { return sizeof(QuickListNode) + usable_size(block_); }

// --- both ends ---

void QuickListNode::store_header() {
  auto total = static_cast<uint32_t>(size_);
  std::memcpy(start(), &total, sizeof total);
  std::memcpy(start() + 4, &count_, sizeof count_);
}

Element QuickListNode::end(ListEnd end) const {
  if (is_plain()) return Element::of(std::string_view(reinterpret_cast<const char*>(block_), size_));
  if (end == ListEnd::kHead) return codec::read(start() + Listpack::kHeaderBytes);
  const uint8_t* terminator = start() + size_ - 1;
  size_t data = codec::read_back_length(terminator);
  return codec::read(terminator - data - codec::back_length_bytes(data));
}

void QuickListNode::push(ListEnd end, std::string_view element, size_t limit) {
  Encoded encoded(element);
  size_t bytes = encoded.bytes();
  make_room(end, bytes, limit);
  if (end == ListEnd::kHead) {
    gap_ -= static_cast<uint32_t>(bytes);
    encoded.write(start() + Listpack::kHeaderBytes);
  } else {
    uint8_t* terminator = start() + size_ - 1;
    encoded.write(terminator);
    terminator[bytes] = codec::kTerminator;
  }
  size_ += bytes;
  count_++;
  store_header();
}

void QuickListNode::pop(ListEnd end) {
  if (end == ListEnd::kHead) {
    const uint8_t* first = start() + Listpack::kHeaderBytes;
    size_t data = codec::data_bytes(first);
    size_t bytes = data + codec::back_length_bytes(data);
    gap_ += static_cast<uint32_t>(bytes);
    size_ -= bytes;
  } else {
    size_t data = codec::read_back_length(start() + size_ - 1);
    size_ -= data + codec::back_length_bytes(data);
    start()[size_ - 1] = codec::kTerminator;
  }
  count_--;
  store_header();
  give_back();
}

// Growth by a quarter on the side that is pushed to, or, when that much is unused already, a fresh distribution of it:
// each costs as much as the node is long and is paid for by the pushes until the next.
void QuickListNode::make_room(ListEnd end, size_t bytes, size_t limit) {
  size_t behind = room_ - gap_ - size_;
  if (bytes <= (end == ListEnd::kHead ? gap_ : behind)) return;
  size_t needed = size_ + bytes;
  size_t spare = room_ > needed ? room_ - needed : 0;
  if (spare >= needed / 4) {
    reshape(spare / 2 + (end == ListEnd::kHead ? bytes : 0), room_);
    return;
  }
  size_t growth = bytes + std::min(needed / 4, limit > needed ? limit - needed : 0);
  if (end == ListEnd::kHead) {
    reshape(growth, growth + size_ + behind);
  } else {
    reshape(gap_, gap_ + size_ + growth);
  }
}

// Lets a node that was popped empty for the most part have a smaller block.
void QuickListNode::give_back() {
  constexpr size_t kWorthwhile = 128;
  size_t unused = room_ - size_;
  if (unused > size_ + kWorthwhile) reshape(size_ / 8, size_ + size_ / 4);
}

// Puts the listpack `gap` bytes behind the start of a block of at least `room` bytes.
void QuickListNode::reshape(size_t gap, size_t room) {
  if (room == room_) {
    if (gap != gap_) std::memmove(block_ + gap, start(), size_);
  } else {
    uint8_t* block = allocate_bytes(room);
    std::memcpy(block + gap, start(), size_);
    std::free(block_);
    block_ = block;
    room_ = static_cast<uint32_t>(usable_size(block));
  }
  gap_ = static_cast<uint32_t>(gap);
}

void QuickListNode::fit() {
  if (is_plain() || is_compressed()) return;
  reshape(0, room_);
  Listpack listpack(block_);
  listpack.shrink_to_fit();
  adopt(listpack);
}

// --- LZF ---

void QuickListNode::compress() {
  constexpr size_t kSmallest = 48;  // as Redis: less is not tried, and less than 9 bytes gained is not worth it
  constexpr size_t kGain = 8;
  if (is_compressed() || size_ < kSmallest || size_ > UINT32_MAX) return;
  auto size = static_cast<unsigned>(size_);
  uint8_t* packed = allocate_bytes(size);
  unsigned bytes = lzf_compress(start(), size, packed, size);
  if (bytes == 0 || bytes + kGain >= size) {
    std::free(packed);
    return;
  }
  if (void* smaller = std::realloc(packed, bytes)) packed = static_cast<uint8_t*>(smaller);
  std::free(block_);
  block_ = packed;
  gap_ = 0;
  room_ = bytes;
  compressed_ = true;
}

namespace {

void expand(std::span<const uint8_t> packed, uint8_t* to, size_t size) {
  unsigned bytes = lzf_decompress(packed.data(), static_cast<unsigned>(packed.size()), to, static_cast<unsigned>(size));
  STRATA_ASSERT(bytes == size, "a list node of {} bytes came out of LZF with {}", size, bytes);
}

}  // namespace

void QuickListNode::decompress() {
  if (!is_compressed()) return;
  uint8_t* block = allocate_bytes(size_);
  expand(bytes(), block, size_);
  std::free(block_);
  block_ = block;
  room_ = static_cast<uint32_t>(usable_size(block));
  compressed_ = false;
}

std::span<const uint8_t> NodeReader::open(const QuickListNode& node) {
  if (!node.is_compressed()) return node.bytes();
  if (capacity_ < node.size()) {
    capacity_ = node.size();
    buffer_ = std::make_unique_for_overwrite<uint8_t[]>(capacity_);
  }
  expand(node.bytes(), buffer_.get(), node.size());
  return {buffer_.get(), node.size()};
}

}  // namespace strata::db
