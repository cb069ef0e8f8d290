// The bytes of an image straight from the link to the master, for a loader that waits for them.
//
//   received before      the link  ------>  read()      nothing there: idle(), which may serve clients, then again
//
// What is received beyond an image of known length stays with the link.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "03_rdb_snapshot/bytes/byte_source.h"

namespace strata::repl {

class LinkSource final : public rdb::ByteSource {
 public:
  // `received`: what has come with the image's head; it must live as long as this. `bytes`: of the image, where that is
  // known. The socket does not block.
  LinkSource(int socket, std::string_view received, std::optional<uint64_t> bytes, int64_t timeout_ms)
      : socket_(socket), received_(received), left_(bytes), timeout_ms_(timeout_ms) {}

  // Called every now and then while nothing comes. False: give up.
  std::function<bool()> idle;

  // rdb::ByteSource
  Expected<size_t> read(std::span<char> room) override;
  std::optional<uint64_t> remaining() const override { return left_; }

  uint64_t taken() const { return taken_; }
  std::string_view unused() const { return received_; }
  bool broken() const { return broken_; }  // the link ended, or nothing came for too long

 private:
  Expected<size_t> receive(std::span<char> room);

  int socket_;
  std::string_view received_;
  std::optional<uint64_t> left_;
  int64_t timeout_ms_;
  uint64_t taken_ = 0;
  bool broken_ = false;
};

}  // namespace strata::repl
