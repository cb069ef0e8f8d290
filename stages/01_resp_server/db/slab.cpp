#include "01_resp_server/db/slab.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "common/assert.h"

namespace strata::db {

struct SlabAllocator::Page {
  Page* previous;
  Page* next;
  uint32_t block_bytes;
  uint32_t used;       // blocks handed out
  uint32_t fresh;      // offset of the first byte that was never handed out
  uint16_t free_list;  // offset / kQuantum of the first free block; 0: none
  bool full;

  char* at(size_t offset) { return reinterpret_cast<char*>(this) + offset; }
  static Page* of(void* block) {
    return reinterpret_cast<Page*>(reinterpret_cast<uintptr_t>(block) & ~(kPageBytes - 1));
  }
  uint16_t offset_of(void* block) {
    return static_cast<uint16_t>((static_cast<char*>(block) - at(0)) / static_cast<ptrdiff_t>(kQuantum));
  }
};

namespace {

// Blocks start behind the header, so that sizes of 8 are aligned to 8 and cache lines to cache lines.
constexpr uint32_t first_block(size_t block_bytes) { return block_bytes % 64 == 0 ? 64 : 40; }

}  // namespace

SlabAllocator::Page* SlabAllocator::add_page(size_t size_class) {
  static_assert(sizeof(Page) <= first_block(1));
  void* memory = std::aligned_alloc(kPageBytes, kPageBytes);
  STRATA_ASSERT(memory != nullptr, "no memory for a slab page of blocks of {} bytes", size_class * kQuantum);
  size_t bytes = size_class * kQuantum;
  Page* page = new (memory) Page{nullptr, nullptr, static_cast<uint32_t>(bytes), 0, first_block(bytes), 0, false};
  partial_[size_class] = page;
  adjustment_ -= kPageBytes;
  pages_++;
  return page;
}

void SlabAllocator::unlink(Page* page, size_t size_class) {
  Page*& head = page->full ? full_[size_class] : partial_[size_class];
  if (page->previous != nullptr) page->previous->next = page->next;
  if (page->next != nullptr) page->next->previous = page->previous;
  if (head == page) head = page->next;
  page->previous = page->next = nullptr;
}

void* SlabAllocator::allocate(size_t bytes) {
  if (bytes > kLargest) {
    void* block = std::malloc(bytes);
    STRATA_ASSERT(block != nullptr, "no memory for {} bytes", bytes);
    large_blocks_++;
    return block;
  }
  size_t size_class = (bytes + kQuantum - 1) / kQuantum;
  Page* page = partial_[size_class];
  if (page == nullptr) page = add_page(size_class);
  char* block;
  if (page->free_list != 0) {
    block = page->at(page->free_list * kQuantum);
    std::memcpy(&page->free_list, block, sizeof page->free_list);
  } else {
    block = page->at(page->fresh);
    page->fresh += page->block_bytes;
  }
  page->used++;
  adjustment_ += page->block_bytes;
  if (page->free_list == 0 && page->fresh + page->block_bytes > kPageBytes) {
    unlink(page, size_class);
    page->full = true;
    page->next = full_[size_class];
    if (page->next != nullptr) page->next->previous = page;
    full_[size_class] = page;
  }
  return block;
}

void SlabAllocator::free(void* block, size_t bytes) {
  if (bytes > kLargest) {
    std::free(block);
    large_blocks_--;
    return;
  }
  size_t size_class = (bytes + kQuantum - 1) / kQuantum;
  Page* page = Page::of(block);
  STRATA_ASSERT(page->block_bytes == size_class * kQuantum && page->used > 0,
                "freeing {} bytes into a page of blocks of {} with {} in use", bytes, page->block_bytes, page->used);
  std::memcpy(block, &page->free_list, sizeof page->free_list);
  page->free_list = page->offset_of(block);
  page->used--;
  adjustment_ -= page->block_bytes;
  gained_room(page);
}

// Puts a page that has free blocks again where it belongs.
void SlabAllocator::gained_room(Page* page) {
  size_t size_class = page->block_bytes / kQuantum;
  if (page->full) {
    // Behind the page that is allocated from: nearly full pages get filled, nearly empty ones get to be empty.
    unlink(page, size_class);
    page->full = false;
    Page* head = partial_[size_class];
    if (head == nullptr) {
      partial_[size_class] = page;
    } else {
      page->previous = head;
      page->next = head->next;
      if (head->next != nullptr) head->next->previous = page;
      head->next = page;
    }
  }
  // The last page of a class stays, so that one block going back and forth does not cost a page each time.
  if (page->used == 0 && (page->previous != nullptr || page->next != nullptr)) drop_page(page, size_class);
}

void SlabAllocator::drop_page(Page* page, size_t size_class) {
  unlink(page, size_class);
  adjustment_ += kPageBytes;
  pages_--;
  std::free(page);
}

int64_t SlabAllocator::unused_bytes(const Page& page) {
  return static_cast<int64_t>(kPageBytes) - static_cast<int64_t>(page.used) * page.block_bytes;
}

void SlabAllocator::settle() {
  for (auto* lists : {&partial_, &full_}) {
    for (Page* head : *lists) {
      for (Page* page = head; page != nullptr; page = page->next) adjustment_ += unused_bytes(*page);
    }
  }
  settled_ = true;
}

void SlabAllocator::DeadBlocks::add(void* block, size_t bytes) {
  if (bytes > kLargest) {
    std::free(block);
    large_++;
    return;
  }
  Page* page = Page::of(block);
  uint16_t at = page->offset_of(block);
  auto [found, is_new] = chains_.try_emplace(page, Chain{at, at, 0});
  Chain& chain = found->second;
  uint16_t next = is_new ? 0 : chain.first;
  std::memcpy(block, &next, sizeof next);
  chain.first = at;
  chain.count++;
}

bool SlabAllocator::take_back(DeadBlocks& dead, size_t pages) {
  large_blocks_ -= std::exchange(dead.large_, 0);
  auto& chains = dead.chains_;
  for (auto it = chains.begin(); it != chains.end() && pages > 0; pages--, it = chains.erase(it)) {
    auto& [page, chain] = *it;
    std::memcpy(page->at(chain.last * kQuantum), &page->free_list, sizeof page->free_list);
    page->free_list = chain.first;
    page->used -= chain.count;
    adjustment_ -= static_cast<int64_t>(chain.count) * page->block_bytes;
    gained_room(page);
  }
  return chains.empty();
}

void SlabAllocator::release_all() {
  for (auto* lists : {&partial_, &full_}) {
    for (Page*& head : *lists) {
      while (head != nullptr) {
        Page* next = head->next;
        if (!settled_) adjustment_ += unused_bytes(*head);
        std::free(head);
        head = next;
      }
    }
  }
  pages_ = 0;
}

}  // namespace strata::db
