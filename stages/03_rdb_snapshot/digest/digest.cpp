#include "03_rdb_snapshot/digest/digest.h"

#include <arpa/inet.h>
#include <sha1.h>

#include "common/text.h"

namespace strata::rdb {

namespace {

std::array<uint8_t, SHA1_DIGEST_LENGTH> sha1(std::string_view bytes) {
  std::array<uint8_t, SHA1_DIGEST_LENGTH> sum;
  SHA1_CTX context;
  SHA1Init(&context);
  SHA1Update(&context, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  SHA1Final(sum.data(), &context);
  return sum;
}

}  // namespace

// [task 3.1] Let the order of what is added leave no trace.
void Digest::add(std::string_view bytes) {
  auto sum = sha1(bytes);
  for (size_t i = 0; i < sum_.size(); i++) sum_[i] = static_cast<uint8_t>(sum_[i] ^ sum[i]);
}

// [task 3.1] Let all that came before have its effect on what comes.
void Digest::mix(std::string_view bytes) {
  add(bytes);
  sum_ = sha1(this->bytes());
}

void Digest::mix(uint32_t number) {
  uint32_t wide = htonl(number);
  mix({reinterpret_cast<const char*>(&wide), sizeof wide});
}

std::string Digest::text() const { return hex(bytes()); }

}  // namespace strata::rdb
