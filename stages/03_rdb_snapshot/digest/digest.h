// A fingerprint that is built up from pieces, in order or in any order.
//
//   add(x)   digest = digest xor SHA-1(x)            the order of additions does not matter
//   mix(x)   digest = SHA-1(digest xor SHA-1(x))     what comes later depends on all before
//
// What is made of unordered parts adds the digest of each; what is read in order mixes. Starts as zeros.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace strata::rdb {

class Digest {
 public:
  void add(std::string_view bytes);
  void add(const Digest& part) { add(part.bytes()); }
  void mix(std::string_view bytes);
  void mix(uint32_t number);  // as four bytes, big-endian
  std::string text() const;   // forty hexadecimal digits

 private:
  std::string_view bytes() const { return {reinterpret_cast<const char*>(sum_.data()), sum_.size()}; }

  std::array<uint8_t, 20> sum_{};
};

}  // namespace strata::rdb
