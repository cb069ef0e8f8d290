#include "01_resp_server/resp/input_buffer.h"

#include <algorithm>
#include <cstdlib>

#include "common/assert.h"

namespace strata::resp {

InputBuffer::~InputBuffer() { std::free(own_); }

void InputBuffer::settle() {
  if (size() == 0) {
    std::free(own_);
    own_ = begin_ = end_ = nullptr;
    capacity_ = 0;
    borrowed_ = false;
    return;
  }
  if (borrowed_) reserve(0);
}

char* InputBuffer::reserve(size_t n) {
  size_t kept = size();
  if (!borrowed_ && own_ != nullptr && capacity_ - static_cast<size_t>(end_ - own_) >= n) return end_;
  if (!borrowed_ && own_ != nullptr && capacity_ - kept >= n && begin_ - own_ >= static_cast<ptrdiff_t>(kept)) {
    std::memcpy(own_, begin_, kept);  // the front half is free: slide down
  } else {
    // Doubling keeps the cost of a command that arrives in many pieces linear.
    size_t capacity = std::max<size_t>(std::max(kept + n, kept * 2), 512);
    char* grown = static_cast<char*>(std::malloc(capacity));
    STRATA_ASSERT(grown != nullptr, "no memory for {} bytes of input", capacity);
    if (kept > 0) std::memcpy(grown, begin_, kept);
    std::free(own_);
    own_ = grown;
    capacity_ = capacity;
    borrowed_ = false;
  }
  begin_ = own_;
  end_ = own_ + kept;
  return end_;
}

}  // namespace strata::resp
