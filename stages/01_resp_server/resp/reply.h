// Writes replies in the protocol version of the client: RESP2 or RESP3.
//
//   method        RESP2                        RESP3
//   simple        +OK\r\n                      same
//   error         -ERR text\r\n                same
//   integer       :7\r\n                       same
//   bulk          $3\r\nabc\r\n                same
//   null          $-1\r\n                      _\r\n
//   null_array    *-1\r\n                      _\r\n
//   array(n)      *n\r\n                       same
//   map(n)        *2n\r\n                      %n\r\n
//   set(n)        *n\r\n                       ~n\r\n
//   push(n)       *n\r\n                       >n\r\n
//   real          $3\r\n1.5\r\n                ,1.5\r\n
//   boolean       :1\r\n                       #t\r\n
//   verbatim      $3\r\nabc\r\n                =7\r\ntxt:abc\r\n
//   big_number    $2\r\n10\r\n                 (10\r\n
//
// An aggregate's elements follow as further replies. A muted writer (CLIENT REPLY OFF) drops everything but pushes.
#pragma once

#include <cstdint>
#include <string_view>

#include "01_resp_server/resp/output_buffer.h"
#include "common/numbers.h"

namespace strata::resp {

// Hears of every error that is answered, for INFO errorstats and failed_calls.
class ErrorObserver {
 public:
  virtual void on_error_reply(std::string_view text) = 0;  // without the leading '-'
 protected:
  ~ErrorObserver() = default;
};

class Reply {
 public:
  Reply(OutputBuffer& out, ErrorObserver* observer) : out_(out), observer_(observer) {}

  int protocol() const { return protocol_; }
  void set_protocol(int version) { protocol_ = version; }
  bool resp3() const { return protocol_ == 3; }
  void set_muted(bool muted) { muted_ = muted; }
  bool muted() const { return muted_; }
  OutputBuffer& buffer() { return out_; }

  void ok() { raw("+OK\r\n"); }
  void simple(std::string_view text);
  // `text` starts with its code ("ERR no such key"). Line breaks in it become spaces.
  void error(std::string_view text);
  // Stands before the text of the next error; nothing takes it back. Not copied.
  void set_error_prefix(std::string_view prefix) { error_prefix_ = prefix; }
  void integer(int64_t value) {
    if (value >= 0 && value < 10) {
      char small[4] = {':', static_cast<char>('0' + value), '\r', '\n'};
      raw({small, 4});
    } else {
      header(':', value);
    }
  }
  void bulk(std::string_view bytes);
  void bulk_integer(int64_t value);  // the number as a bulk string
  void null() { raw(resp3() ? "_\r\n" : "$-1\r\n"); }
  void null_array() { raw(resp3() ? "_\r\n" : "*-1\r\n"); }
  void array(size_t n) { header('*', static_cast<int64_t>(n)); }
  // [task 1.4] Open a map: pairs of a key and a value.
  void map(size_t n) { resp3() ? header('%', static_cast<int64_t>(n)) : header('*', static_cast<int64_t>(2 * n)); }
  // [task 1.4] Open a set.
  void set(size_t n) { header(resp3() ? '~' : '*', static_cast<int64_t>(n)); }
  void push(size_t n);  // passes a muted writer: what a subscriber receives is not a reply
  void attribute(size_t n) { header('|', static_cast<int64_t>(n)); }  // RESP3 only
  void real(double value);
  // [task 1.4] Answer true or false.
  void boolean(bool value) { raw(resp3() ? (value ? "#t\r\n" : "#f\r\n") : (value ? ":1\r\n" : ":0\r\n")); }
  void verbatim(std::string_view bytes, std::string_view format = "txt");  // `format`: three letters
  void big_number(std::string_view digits);
  void empty_array() { raw("*0\r\n"); }

  // An aggregate whose length is not known yet: open, write the elements, close with their number.
  Chunk* open() { return muted_ ? nullptr : out_.reserve_gap(); }
  void close_array(Chunk* gap, size_t n) { close('*', gap, n); }
  void close_map(Chunk* gap, size_t n) { resp3() ? close('%', gap, n) : close('*', gap, 2 * n); }
  void close_set(Chunk* gap, size_t n) { close(resp3() ? '~' : '*', gap, n); }

  // Bytes that are RESP already.
  void raw(std::string_view bytes) {
    if (!muted_) out_.append(bytes);
  }

 private:
  void header(char type, int64_t value) {
    if (muted_) return;
    char* p = out_.reserve(24);
    p[0] = type;
    size_t n = 1 + format_int64(p + 1, value);
    p[n] = '\r';
    p[n + 1] = '\n';
    out_.commit(n + 2);
  }
  void close(char type, Chunk* gap, size_t n);

  OutputBuffer& out_;
  ErrorObserver* observer_;
  std::string_view error_prefix_;
  int protocol_ = 2;
  bool muted_ = false;
};

}  // namespace strata::resp
