#include "01_resp_server/resp/output_buffer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "common/assert.h"

namespace strata::resp {

namespace {

// Chunks that no client holds at the moment. Bounded: a burst of slow readers gives its memory back.
class ChunkPool {
 public:
  ~ChunkPool() {
    while (free_ != nullptr) std::free(std::exchange(free_, free_->next));
  }
  Chunk* take() {
    if (free_ == nullptr) return make(OutputBuffer::kChunkBytes, 1);
    Chunk* chunk = std::exchange(free_, free_->next);
    count_--;
    chunk->next = nullptr;
    chunk->size = 0;
    return chunk;
  }
  void give(Chunk* chunk) {
    if (!chunk->pooled || count_ >= kMost) {
      std::free(chunk);
      return;
    }
    chunk->next = free_;
    free_ = chunk;
    count_++;
  }
  static Chunk* make(size_t capacity, uint32_t pooled) {
    void* memory = std::malloc(sizeof(Chunk) + capacity);
    STRATA_ASSERT(memory != nullptr, "no memory for {} bytes of output", capacity);
    return new (memory) Chunk{nullptr, pooled, capacity, 0};
  }

 private:
  static constexpr size_t kMost = 256;
  Chunk* free_ = nullptr;
  size_t count_ = 0;
};

ChunkPool& pool() {
  static ChunkPool instance;
  return instance;
}

}  // namespace

void OutputBuffer::link(Chunk* chunk) {
  if (tail_ == nullptr) {
    head_ = chunk;
  } else {
    tail_->next = chunk;
  }
  tail_ = chunk;
  memory_ += sizeof(Chunk) + chunk->capacity;
  chunks_++;
}

void OutputBuffer::grow(size_t n) { link(n <= kChunkBytes ? pool().take() : ChunkPool::make(n, 0)); }

void OutputBuffer::append_large(std::string_view bytes) {
  if (tail_ != nullptr) {  // fill what is left of the tail first
    size_t part = std::min(bytes.size(), tail_->capacity - tail_->size);
    std::memcpy(tail_->data() + tail_->size, bytes.data(), part);
    commit(part);
    bytes.remove_prefix(part);
  }
  if (bytes.empty()) return;
  std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
  commit(bytes.size());
}

Chunk* OutputBuffer::reserve_gap() {
  // A small chunk of its own marks the place; what follows starts a new chunk.
  Chunk* gap = ChunkPool::make(32, 0);
  link(gap);
  link(pool().take());
  return gap;
}

void OutputBuffer::fill(Chunk* gap, std::string_view bytes) {
  std::memcpy(gap->data(), bytes.data(), bytes.size());
  gap->size = bytes.size();
  pending_ += bytes.size();
}

void OutputBuffer::drop_head() {
  Chunk* gone = head_;
  head_ = gone->next;
  if (head_ == nullptr) tail_ = nullptr;
  memory_ -= sizeof(Chunk) + gone->capacity;
  chunks_--;
  sent_ = 0;
  pool().give(gone);
}

ssize_t OutputBuffer::write_to(int fd, size_t limit) {
  size_t total = 0;
  while (head_ != nullptr && total < limit) {
    ssize_t n;
    if (head_ == tail_) {
      n = ::write(fd, head_->data() + sent_, head_->size - sent_);
    } else {
      iovec pieces[64];
      int count = 0;
      size_t skip = sent_;
      for (Chunk* c = head_; c != nullptr && count < 64; c = c->next) {
        if (c->size > skip) pieces[count++] = {c->data() + skip, c->size - skip};
        skip = 0;
      }
      n = count == 0 ? 0 : ::writev(fd, pieces, count);
    }
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return -1;
      return static_cast<ssize_t>(total);
    }
    total += static_cast<size_t>(n);
    pending_ -= static_cast<size_t>(n);
    size_t left = static_cast<size_t>(n);
    while (head_ != nullptr && left >= head_->size - sent_) {
      left -= head_->size - sent_;
      drop_head();
    }
    sent_ += left;
    if (head_ != nullptr && left > 0) break;  // a short write: the socket is full
  }
  return static_cast<ssize_t>(total);
}

void OutputBuffer::take(OutputBuffer& other) {
  if (other.head_ == nullptr) return;
  STRATA_ASSERT(other.sent_ == 0, "output that was sent in part ({} bytes) cannot move", other.sent_);
  if (tail_ == nullptr) {
    head_ = other.head_;
  } else {
    tail_->next = other.head_;
  }
  tail_ = other.tail_;
  pending_ += other.pending_;
  memory_ += other.memory_;
  chunks_ += other.chunks_;
  other.head_ = other.tail_ = nullptr;
  other.pending_ = other.memory_ = other.chunks_ = 0;
}

void OutputBuffer::clear() {
  while (head_ != nullptr) drop_head();
  pending_ = 0;
}

}  // namespace strata::resp
