// Bytes received from one client and not yet consumed.
//
// Reads go into a scratch buffer that all clients of the thread share; only an incomplete command at its end is copied
// into a buffer of the client's own, so that an idle client holds no input memory. Which of the two is in use is the
// business of `Feed` (net side) and invisible to the parser: it sees data() and consume().
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <vector>

namespace strata::resp {

class InputBuffer {
 public:
  std::string_view data() const { return {begin_, static_cast<size_t>(end_ - begin_)}; }
  size_t size() const { return static_cast<size_t>(end_ - begin_); }
  void consume(size_t n) { begin_ += n; }
  void truncate(size_t n) { end_ = begin_ + n; }  // keeps the first `n` bytes

  // Looks at bytes that belong to someone else (the shared scratch buffer). Only when empty.
  void borrow(char* bytes, size_t n) {
    begin_ = bytes;
    end_ = bytes + n;
    borrowed_ = true;
  }
  // Copies what is left of borrowed bytes into a buffer of its own, or frees everything when nothing is left.
  void settle();

  // Room for at least `n` more bytes in the buffer's own memory, and what was read into it.
  char* reserve(size_t n);
  void filled(size_t n) { end_ += n; }
  size_t room() const { return borrowed_ ? 0 : capacity_ - static_cast<size_t>(end_ - own_); }

  bool has_own() const { return own_ != nullptr; }
  size_t memory_bytes() const { return capacity_; }
  ~InputBuffer();
  InputBuffer() = default;
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

 private:
  char* begin_ = nullptr;
  char* end_ = nullptr;
  char* own_ = nullptr;
  size_t capacity_ = 0;
  bool borrowed_ = false;
};

}  // namespace strata::resp
