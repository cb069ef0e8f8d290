// The last bytes of the replication stream, in blocks, each byte known by its offset. The first byte of a stream is byte 1.
//
//   block [16 KiB] -> block -> block [being filled]
//   ^ first()                          ^ end(): the next byte to come
//
// The replicas' output is not copied anywhere: each replica has an offset of its own into these blocks, and a block stays as
// long as the slowest of them has not got past it. So N replicas cost as much memory as one. Not thread safe.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string_view>

namespace strata::repl {

class Backlog {
 public:
  bool active() const { return active_; }
  // Begins anew, without a byte, at `next`: the offset of the first byte to come.
  void start(uint64_t next);
  void stop();

  void append(std::string_view bytes);
  uint64_t first() const { return blocks_.empty() ? end_ : blocks_.front().offset; }  // the oldest byte that is kept
  uint64_t end() const { return end_; }
  uint64_t size() const { return end_ - first(); }
  bool holds(uint64_t offset) const { return active_ && offset >= first() && offset <= end_; }

  // A piece of the stream from `offset` on, at most to the end of its block; empty at the end.
  std::string_view piece(uint64_t offset) const;

  // How much is kept at least, and the oldest byte that somebody still needs (end() when nobody does).
  uint64_t keep_bytes = 1 << 20;
  std::function<uint64_t()> oldest_needed;
  std::function<void()> on_block;  // one more block has been begun
  size_t memory_bytes() const { return blocks_.size() * (kBlock + sizeof(Block)); }

 private:
  static constexpr size_t kBlock = 16 * 1024;
  struct Block {
    uint64_t offset;
    size_t size;
    std::unique_ptr<char[]> bytes;
  };
  void trim();

  bool active_ = false;
  uint64_t end_ = 1;
  std::deque<Block> blocks_;
};

}  // namespace strata::repl
