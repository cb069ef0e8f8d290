#include "06_replication/stream/backlog.h"

#include <algorithm>
#include <cstring>

namespace strata::repl {

void Backlog::start(uint64_t next) {
  blocks_.clear();
  end_ = next;
  active_ = true;
}

void Backlog::stop() {
  blocks_.clear();
  active_ = false;
}

// [task 6.5] Keep the bytes, and let go of those that are old.
void Backlog::append(std::string_view bytes) {
  while (!bytes.empty()) {
    if (blocks_.empty() || blocks_.back().size == kBlock) {
      trim();
      blocks_.push_back({end_, 0, std::make_unique_for_overwrite<char[]>(kBlock)});
      if (on_block) on_block();
    }
    Block& block = blocks_.back();
    const size_t part = std::min(bytes.size(), kBlock - block.size);
    std::memcpy(block.bytes.get() + block.size, bytes.data(), part);
    block.size += part;
    end_ += part;
    bytes.remove_prefix(part);
  }
}

void Backlog::trim() {
  const uint64_t needed = oldest_needed ? oldest_needed() : end_;
  while (blocks_.size() > 1) {
    const Block& oldest = blocks_.front();
    const uint64_t next = oldest.offset + oldest.size;
    if (end_ - next < keep_bytes || needed < next) return;
    blocks_.pop_front();
  }
}

// [task 6.5] Find the bytes of an offset.
std::string_view Backlog::piece(uint64_t offset) const {
  auto after = std::upper_bound(blocks_.begin(), blocks_.end(), offset,
                                [](uint64_t wanted, const Block& block) { return wanted < block.offset; });
  if (after == blocks_.begin()) return {};
  const Block& block = *std::prev(after);
  const uint64_t at = offset - block.offset;
  return at < block.size ? std::string_view(block.bytes.get() + at, block.size - at) : std::string_view();
}

}  // namespace strata::repl
