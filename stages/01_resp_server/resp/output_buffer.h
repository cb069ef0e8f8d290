// Bytes on their way to one client: a chain of chunks, filled at the tail, written out with writev from the head.
//
// Chunks come from a pool that all clients share, so that an idle client holds none. A reply that is larger than a
// chunk gets a chunk of its own size. Not thread safe: the event loop's thread only.
//
//   head                                   tail
//   [sent |pending........] -> [pending........] -> [pending |free      ]
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace strata::resp {

struct Chunk {
  Chunk* next;
  uint32_t pooled;  // 1: goes back to the pool, 0: freed
  size_t capacity;  // bytes of data
  size_t size;      // bytes filled
  char* data() { return reinterpret_cast<char*>(this + 1); }
};

class OutputBuffer {
 public:
  static constexpr size_t kChunkBytes = 16 * 1024 - sizeof(Chunk);

  OutputBuffer() = default;
  ~OutputBuffer() { clear(); }
  OutputBuffer(const OutputBuffer&) = delete;
  OutputBuffer& operator=(const OutputBuffer&) = delete;

  bool empty() const { return head_ == nullptr; }
  size_t pending_bytes() const { return pending_; }  // bytes appended and not yet written
  size_t memory_bytes() const { return memory_; }    // bytes of the chunks held
  size_t chunk_count() const { return chunks_; }

  // Room for `n` bytes in one piece; `commit` says how many of them were used.
  char* reserve(size_t n) {
    if (tail_ == nullptr || tail_->capacity - tail_->size < n) grow(n);
    return tail_->data() + tail_->size;
  }
  void commit(size_t n) {
    tail_->size += n;
    pending_ += n;
  }
  void append(std::string_view bytes) {
    if (bytes.empty()) return;  // it may point nowhere
    if (bytes.size() <= 1024) {
      std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
      commit(bytes.size());
    } else {
      append_large(bytes);
    }
  }

  // A place that is filled in later, when the length of what follows is known. Bytes may be appended meanwhile.
  // `fill` takes at most 32 bytes and must be called before the buffer is written out.
  Chunk* reserve_gap();
  void fill(Chunk* gap, std::string_view bytes);

  // Writes to `fd` what is there, at most `limit` bytes. Returns bytes written, 0 when the socket is full, -1 with
  // errno on an error.
  ssize_t write_to(int fd, size_t limit);

  // Moves all of `other` behind what is here.
  void take(OutputBuffer& other);

  // Visits the pending bytes in order, piece by piece.
  template <class Visit>
  void each_piece(Visit visit) const {
    size_t skip = sent_;
    for (Chunk* c = head_; c != nullptr; c = c->next) {
      if (c->size > skip) visit(std::string_view(c->data() + skip, c->size - skip));
      skip = 0;
    }
  }

  void clear();

 private:
  void grow(size_t n);
  void append_large(std::string_view bytes);
  void link(Chunk* chunk);
  void drop_head();

  Chunk* head_ = nullptr;
  Chunk* tail_ = nullptr;
  size_t sent_ = 0;  // bytes of the head chunk that were written already
  size_t pending_ = 0;
  size_t memory_ = 0;
  size_t chunks_ = 0;
};

}  // namespace strata::resp
