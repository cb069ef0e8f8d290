// The format strings of the struct library, an option at a time:
//
//   < > !   !8        little endian, big endian, natural alignment (or that of 8); until then: native order, none
//   b B h H l L T     signed and unsigned char, short, long; size_t
//   i I  i4 I4        int, or an integer of so many bytes, at most 32
//   f d               float, double
//   s                 text up to its zero byte
//   c5 c              so many bytes, or one; c0: all of the text, or as many as the last number read says
//   x                 a zero byte
//   space             nothing
#pragma once

#include <lua.hpp>

#include <cstddef>

namespace strata::script {

class StructFormat {
 public:
  // `text` is argument 1 of the function that runs. Errors are Lua errors.
  StructFormat(lua_State* lua, const char* text) : lua_(lua), at_(text) {}

  struct Option {
    char letter;
    size_t size;     // bytes; 0 where only the value tells
    size_t padding;  // bytes that come before it
  };

  bool done() const { return *at_ == '\0'; }
  // The next option, at `position` of the packed bytes. Byte order and alignment are followed by itself, and come out as
  // options of no size.
  Option next(size_t position);

  bool little_endian() const { return little_; }
  static bool is_integer(char letter);
  static bool is_signed(char letter) { return letter >= 'a'; }

 private:
  size_t number(size_t fallback);
  size_t size_of(char letter);
  void set_alignment();

  lua_State* lua_;
  const char* at_;
  bool little_ = true;
  size_t alignment_ = 1;
};

}  // namespace strata::script
